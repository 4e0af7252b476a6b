// Finds the sections that hold every word; INDEX comes from index.js: [page, anchor, title of the page, heading, text].
const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
const asked = new URLSearchParams(location.search).get("q") ?? ""
const words = plain(asked).split(/\s+/).filter(Boolean)

function rank([, , , heading, text]) {
  const all = plain(`${heading} ${text}`)
  if (!words.every(word => all.includes(word))) return 0
  const whole = plain(heading) == words.join(" ") ? 10 : 0
  return 1 + whole + words.filter(word => plain(heading).includes(word)).length + all.split(words[0]).length / 1000
}

function around(text) {
  const place = Math.max(0, ...words.map(word => plain(text).indexOf(word)))
  const from = text.lastIndexOf(" ", Math.max(0, place - 60)) + 1
  return (from ? "… " : "") + text.slice(from, from + 180) + (text.length > from + 180 ? " …" : "")
}

function element(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more)
}

if (words.length) {
  const ranked = INDEX.map(entry => [rank(entry), entry]).filter(([score]) => score).sort((a, b) => b[0] - a[0])
  const pages = Map.groupBy ? Map.groupBy(ranked, ([, entry]) => entry[2]) : new Map()
  if (!Map.groupBy) for (const each of ranked) pages.set(each[1][2], [...(pages.get(each[1][2]) ?? []), each])
  const many = pages.size == 1 ? "page" : "pages"
  document.getElementById("q").value = asked
  document.getElementById("said").textContent = `“${asked}” is found on ${pages.size} ${many}.`
  for (const [title, sections] of pages) {
    const list = element("ul", "")
    for (const [, [page, anchor, , heading, text]] of sections.slice(0, 3)) {
      const item = element("li", "")
      item.append(element("a", heading, { href: `${page}#${anchor}` }), element("br", ""), around(text))
      list.append(item)
    }
    document.getElementById("found").append(element("h2", title), list)
  }
}

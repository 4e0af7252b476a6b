// Cuts a picture into grains, prepares each as in training (alone, evenly exposed, level, of one length), asks the network.
"use strict"

const LONGEST = 1600 // px of the picture as it is worked on
const SMALLEST = 120 // px of a grain
const FILL = 0.92 // share of the square that a grain's longer extent takes
const FINER = 4 // a grain is drawn so many times too large, then shrunk
let session

function bytesOf(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
}

async function start() {
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmBinary = bytesOf(WASM).buffer
  const glue = new Blob([bytesOf(GLUE)], { type: "text/javascript" })
  ort.env.wasm.wasmPaths = { mjs: URL.createObjectURL(glue) }
  session = await ort.InferenceSession.create(bytesOf(MODEL), { executionProviders: ["wasm"] })
  say("ready")
}

function say(text) {
  document.getElementById("status").textContent = text
}

// ---- grains of a picture

function greyOf(pixels) {
  const grey = new Uint8Array(pixels.length / 4)
  for (let i = 0; i < grey.length; i++) {
    grey[i] = Math.round(0.299 * pixels[4 * i] + 0.587 * pixels[4 * i + 1] + 0.114 * pixels[4 * i + 2])
  }
  return grey
}

function otsu(grey) {
  const counts = new Float64Array(256)
  for (const level of grey) counts[level]++
  let all = 0
  counts.forEach((count, level) => { all += count * level })
  let below = 0, sum = 0, best = 0, most = -1
  for (let level = 0; level < 256; level++) {
    below += counts[level]
    sum += counts[level] * level
    const above = grey.length - below
    if (!below || !above) continue
    const between = below * above * (sum / below - (all - sum) / above) ** 2
    if (between > most) { most = between; best = level }
  }
  return best
}

// Connected pixels above the threshold, each with its box: an array of {number, area, box}, and whose each pixel is.
function pieces(grey, width, height) {
  const limit = otsu(grey), labels = new Int32Array(grey.length), found = []
  const stack = []
  for (let first = 0; first < grey.length; first++) {
    if (grey[first] <= limit || labels[first]) continue
    const number = found.length + 1, piece = { number, area: 0, top: height, left: width, bottom: 0, right: 0 }
    labels[first] = number
    stack.push(first)
    while (stack.length) {
      const at = stack.pop(), x = at % width, y = (at - x) / width
      piece.area++
      piece.top = Math.min(piece.top, y); piece.bottom = Math.max(piece.bottom, y + 1)
      piece.left = Math.min(piece.left, x); piece.right = Math.max(piece.right, x + 1)
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        const u = x + dx, v = y + dy, next = v * width + u
        if (u < 0 || v < 0 || u >= width || v >= height || labels[next] || grey[next] <= limit) continue
        labels[next] = number
        stack.push(next)
      }
    }
    found.push(piece)
  }
  const whole = found.filter(piece => piece.area >= SMALLEST && piece.top > 0 && piece.left > 0 &&
    piece.bottom < height && piece.right < width)
  whole.forEach(piece => fill(piece, labels, width))
  return { labels, whole }
}

// What a grain encloses is grain: dark inclusions.
function fill(piece, labels, width) {
  const w = piece.right - piece.left + 2, h = piece.bottom - piece.top + 2
  const outside = new Uint8Array(w * h), stack = [0]
  outside[0] = 1
  const own = (x, y) => x > 0 && y > 0 && x < w - 1 && y < h - 1 &&
    labels[(piece.top + y - 1) * width + piece.left + x - 1] === piece.number
  while (stack.length) {
    const at = stack.pop(), x = at % w, y = (at - x) / w
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const u = x + dx, v = y + dy
      if (u < 0 || v < 0 || u >= w || v >= h || outside[v * w + u] || own(u, v)) continue
      outside[v * w + u] = 1
      stack.push(v * w + u)
    }
  }
  for (let y = 1; y < h - 1; y++) for (let x = 1; x < w - 1; x++) {
    if (!outside[y * w + x]) labels[(piece.top + y - 1) * width + piece.left + x - 1] = piece.number
  }
}

// ---- a grain as the network is shown it

function points(piece, labels, width) {
  const inside = []
  for (let y = piece.top; y < piece.bottom; y++) for (let x = piece.left; x < piece.right; x++) {
    if (labels[y * width + x] === piece.number) inside.push([x, y])
  }
  return inside
}

function turnOf(inside) {
  const n = inside.length
  let x = 0, y = 0, xx = 0, yy = 0, xy = 0
  for (const [u, v] of inside) { x += u; y += v }
  x /= n; y /= n
  for (const [u, v] of inside) { xx += (u - x) ** 2; yy += (v - y) ** 2; xy += (u - x) * (v - y) }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy)
  return [Math.cos(angle), Math.sin(angle)]
}

function prepared(piece, channels, labels, width) {
  const inside = points(piece, labels, width), [c, s] = turnOf(inside), side = SHOWN.size
  let low = [Infinity, Infinity], high = [-Infinity, -Infinity]
  for (const [x, y] of inside) {
    const turned = [c * x + s * y, c * y - s * x]
    for (const axis of [0, 1]) {
      low[axis] = Math.min(low[axis], turned[axis]); high[axis] = Math.max(high[axis], turned[axis])
    }
  }
  const extent = Math.max(high[0] - low[0], high[1] - low[1]) + 1, scale = FINER * side * FILL / extent
  const middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2], fine = FINER * side
  const levels = inside.flatMap(([x, y]) => channels.map(channel => channel[y * width + x])).sort((a, b) => a - b)
  const median = Math.max(levels[levels.length >> 1], 1)
  const even = (x, y, channel) => labels[y * width + x] === piece.number ?
    Math.min(255, Math.round(channel[y * width + x] * 127 / median)) : 0
  const image = new Float32Array(side * side * channels.length)
  for (let row = 0; row < fine; row++) for (let column = 0; column < fine; column++) {
    const u = (column - fine / 2 + 0.5) / scale + middle[0], v = (row - fine / 2 + 0.5) / scale + middle[1]
    const x = c * u - s * v, y = s * u + c * v, x0 = Math.floor(x), y0 = Math.floor(y)
    if (x0 < 0 || y0 < 0 || x0 + 1 >= width || (y0 + 1) * width >= labels.length) continue
    const a = x - x0, b = y - y0, to = ((row / FINER | 0) * side + (column / FINER | 0)) * channels.length
    channels.forEach((channel, k) => {
      const above = even(x0, y0, channel) * (1 - a) + even(x0 + 1, y0, channel) * a
      const below = even(x0, y0 + 1, channel) * (1 - a) + even(x0 + 1, y0 + 1, channel) * a
      image[to + k] += (above * (1 - b) + below * b) / FINER ** 2
    })
  }
  return image.map(Math.round)
}

async function asked(images) {
  const side = SHOWN.size, each = side * side * SHOWN.channels, flat = new Float32Array(images.length * each)
  images.forEach((image, number) => flat.set(image, number * each))
  const input = new ort.Tensor("float32", flat, [images.length, side, side, SHOWN.channels])
  const output = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]]
  const columns = output.dims[1], p = []
  for (let row = 0; row < images.length; row++) {
    const own = Array.from(output.data.slice(row * columns, (row + 1) * columns))
    p.push(columns === 1 ? [1 - own[0], own[0]] : own)
  }
  return p
}

// ---- what the person sees

async function classify(bitmap) {
  const factor = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height))
  const canvas = document.getElementById("picture"), pen = canvas.getContext("2d", { willReadFrequently: true })
  canvas.width = Math.round(bitmap.width * factor)
  canvas.height = Math.round(bitmap.height * factor)
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data, grey = greyOf(pixels)
  const { labels, whole } = pieces(grey, canvas.width, canvas.height)
  const channels = SHOWN.channels === 1 ? [grey] : [0, 1, 2].map(k => grey.map((_, i) => pixels[4 * i + k]))
  const images = whole.map(piece => prepared(piece, channels, labels, canvas.width))
  const p = whole.length ? await asked(images) : []
  whole.forEach((piece, number) => {
    piece.p = p[number]
    piece.called = p[number].indexOf(Math.max(...p[number]))
  })
  outline(pen, whole, labels, canvas)
  show(whole, images)
  say(`${whole.length} grains`)
  return whole.map(({ number, area, called, p }) => ({ number, area, called: SHOWN.classes[called], p }))
}

const COLOURS = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"]

function outline(pen, whole, labels, canvas) {
  const { width, height } = canvas
  for (const piece of whole) {
    pen.fillStyle = COLOURS[piece.called % COLOURS.length]
    for (let y = piece.top; y < piece.bottom; y++) for (let x = piece.left; x < piece.right; x++) {
      const at = y * width + x, other = [at - 1, at + 1, at - width, at + width]
      if (labels[at] === piece.number && other.some(next => labels[next] !== piece.number)) pen.fillRect(x, y, 2, 2)
    }
  }
}

function show(whole, images) {
  const side = SHOWN.size, list = document.getElementById("grains"), table = document.getElementById("counts")
  list.replaceChildren()
  table.replaceChildren()
  SHOWN.classes.forEach((name, k) => {
    const row = table.insertRow(), count = whole.filter(piece => piece.called === k).length
    row.insertCell().textContent = name
    row.insertCell().textContent = count
    row.cells[0].style.borderLeft = `1rem solid ${COLOURS[k % COLOURS.length]}`
  })
  const order = whole.map((piece, number) => number).sort((a, b) => Math.max(...whole[b].p) - Math.max(...whole[a].p))
  for (const number of order.slice(0, 200)) {
    const figure = document.createElement("figure"), canvas = document.createElement("canvas")
    canvas.width = canvas.height = side
    const pen = canvas.getContext("2d"), shown = pen.createImageData(side, side)
    for (let i = 0; i < side * side; i++) for (let k = 0; k < 4; k++) {
      shown.data[4 * i + k] = k === 3 ? 255 : images[number][i * SHOWN.channels + Math.min(k, SHOWN.channels - 1)]
    }
    pen.putImageData(shown, 0, 0)
    const words = document.createElement("figcaption"), piece = whole[number]
    words.textContent = `${SHOWN.classes[piece.called]} ${Math.max(...piece.p).toFixed(2)}`
    figure.append(canvas, words)
    list.append(figure)
  }
}

document.getElementById("file").addEventListener("change", async event => {
  const [file] = event.target.files
  if (!file) return
  say("cutting …")
  try {
    window.found = await classify(await createImageBitmap(file))
  } catch (error) {
    say(`this picture cannot be read: ${error.message}`)
  }
})
window.ready = start().catch(error => say(`the network could not be loaded: ${error.message}`))

"""Pages for people: plain HTML, everything inside, no network."""

import base64
from html import escape

import cv2
import numpy as np

from zirconkit.segmentation.outlines import draw_outlines

__all__ = ["image_page", "index_page", "page", "table_of"]

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:1rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ccc}
td:first-child,th:first-child{text-align:left}img{max-width:100%;height:auto}
.grains{display:flex;flex-wrap:wrap;gap:.6rem}figure{margin:0;width:8.5rem;font-size:.8rem}
figure img{width:8rem;height:8rem;object-fit:contain;background:#000}.unlike figcaption{color:#a40000}"""
CROP = 128  # px
MOST = 300  # grains shown on a page


def page(title, *parts):
    """A page of some parts, each HTML."""
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = "".join(parts)
    return f"{head}{view}<h1>{escape(title)}</h1>{body}</html>\n"


def _picture(image, text):
    """An image in the page, red, green and blue or grey; `text` is what it shows, in words."""
    shown = image[..., ::-1] if image.ndim == 3 else image
    encoded = base64.b64encode(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]).decode()
    return f'<img alt="{escape(text, quote=True)}" src="data:image/jpeg;base64,{encoded}">'


def table_of(table, digits=2):
    """A DataFrame as an HTML table."""
    return table.to_html(index=False, border=0, float_format=f"%.{digits}f", na_rep="not known")


def image_page(work, picture, labels, table, shares):
    """The page of one image: its fractions, the picture with outlines, its kept grains in order of certainty."""
    name = work.target.name
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    outlined = draw_outlines(grey, labels, table)
    kept = table[table["kept"]]
    columns = [column for column in table if column.startswith("p_")]
    sure = kept[columns].max(axis=1)
    ordered = kept.loc[sure.sort_values(ascending=False).index]
    figures = [_figure(picture, grain, columns) for grain in ordered.head(MOST).to_dict("records")]
    more = f"<p>{len(ordered) - MOST} more are in grains.csv.</p>" if len(ordered) > MOST else ""
    return page(
        name,
        "<h2>Fractions</h2>",
        table_of(shares),
        "<p>Corrected for the model's errors; 95 % intervals. Grains unlike anything in training do not count.</p>",
        "<h2>Picture</h2>",
        _picture(outlined, f"{name} with the outlines of {len(table)} grains: kept ones in green, with numbers"),
        "<h2>Grains, the surest first</h2>",
        f'<div class="grains">{"".join(figures)}</div>{more}',
    )


def _figure(picture, grain, columns):
    """One grain with what it is called."""
    crop = picture[grain["row_min"] : grain["row_max"], grain["col_min"] : grain["col_max"]]
    factor = CROP / max(crop.shape[:2])
    size = tuple(max(1, round(side * factor)) for side in crop.shape[1::-1])
    shown = cv2.resize(np.ascontiguousarray(crop), size, interpolation=cv2.INTER_AREA)
    p = max(grain[column] for column in columns)
    odd = "unlike" in grain["flags"].split(";")
    words = f"{grain['grain']}: {grain['called']} {p:.2f}" + (", unlike anything in training" if odd else "")
    kind = ' class="unlike"' if odd else ""
    return f"<figure{kind}>{_picture(shown, f'grain {words}')}<figcaption>{escape(words)}</figcaption></figure>"


def index_page(links, deployed):
    """The page that leads to those of the images."""
    names = "".join(f"<th>{escape(name)}</th>" for name in deployed.classes)
    rows = []
    for name, count, kept, shares in links:
        cells = "".join(f"<td>{row.fraction:.2f} ({row.low:.2f}–{row.high:.2f})</td>" for row in shares.itertuples())
        link = f'<a href="{escape(name, quote=True)}/index.html">{escape(name)}</a>'
        rows.append(f"<tr><td>{link}</td><td>{count}</td><td>{kept}</td>{cells}</tr>")
    head = f"<tr><th>sample</th><th>grains</th><th>kept</th>{names}</tr>"
    note = (
        "<p>Fractions with 95 % intervals, corrected for the errors of the model on samples that it had not seen.</p>"
    )
    return page("Grains and fractions", note, f"<table>{head}{''.join(rows)}</table>")

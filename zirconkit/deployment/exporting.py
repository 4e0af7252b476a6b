"""A model for other machines: ONNX, LiteRT, or a page that cuts and classifies pictures in a browser, offline.

Each export is run beside Keras on the same grains before it is handed out; what differs is in `export.json`.
"""

import base64
import json
import shutil
import subprocess
import tarfile
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from zirconkit import files
from zirconkit.deployment import models

__all__ = ["KINDS", "export", "runner"]

KINDS = ("onnx", "litert", "page")
NEEDS = {"onnx": ("tf2onnx", "onnx", "onnxruntime"), "litert": ("ai_edge_litert",)}
WEB = "onnxruntime-web@1.30.0"
WEB_FILES = ("ort.wasm.min.js", "ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.mjs")
TRIED = 128  # grains on which an export is run beside Keras
PARITY, ROUGHLY = 1e-5, 0.1  # largest difference of a probability; of a quantized model
HERE = Path(__file__).parent
MIT = """MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def export(model, to, out, quantize=False):
    """Write a model in another form, and `export.json`: parity with Keras, size, milliseconds a grain.

    Parameters
    ----------
    model : path
        As `zirconkit train` wrote it.
    to : str
        One of `KINDS`.
    out : path
        Gets model.onnx, model.tflite or index.html with all that it needs.
    quantize : bool
        8-bit weights: a quarter of the size, and answers that differ a little.

    Returns
    -------
    dict
        What `export.json` holds.

    Raises
    ------
    ValueError, OSError
        If the model cannot be trusted, a package is missing, or the export answers otherwise than Keras.
    """
    deployed = models.load(model)
    _check_packages(to)
    out = files.make_folder(Path(out))
    form = "litert" if to == "litert" else "onnx"
    content = (_litert if form == "litert" else _onnx)(deployed.network, quantize)
    report = _compared(deployed, content, form, quantize) | {"to": to, "classes": list(deployed.classes)}
    name = {"onnx": "model.onnx", "litert": "model.tflite"}.get(to)
    written = {name: content} if name else _page(content, deployed)
    files.write_together(out, written | {"export.json": json.dumps(report, indent=1) + "\n"})
    return report


def _check_packages(to):
    needed = NEEDS["litert" if to == "litert" else "onnx"]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise OSError(f"export --to {to} needs {', '.join(missing)}: pip install 'zirconkit[edge]'")


def _quietly(do):
    """Converters talk a lot."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        return do()


def _onnx(network, quantize):
    """A network as ONNX: bytes."""
    network(np.zeros((1, *network.input_shape[1:]), np.float32))  # Keras exports what was called once
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        _quietly(lambda: network.export(path, format="onnx", verbose=False))
        if not quantize:
            return path.read_bytes()
        from onnxruntime.quantization import QuantType, quantize_dynamic

        small = path.with_name("quantized.onnx")
        _quietly(lambda: quantize_dynamic(path, small, weight_type=QuantType.QUInt8))
        return small.read_bytes()


def _litert(network, quantize):
    """A network as LiteRT: bytes."""
    import tensorflow as tf

    with TemporaryDirectory() as folder:
        _quietly(lambda: network.export(folder, format="tf_saved_model", verbose=False))
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if quantize:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        return _quietly(converter.convert)


def runner(content, form):
    """A function from images, float32 of shape (n, side, side, channels) in 0..255, to what an export says of them."""
    if form == "onnx":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return lambda images: session.run(None, {name: images})[0]
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=1)

    def run(images):
        place = interpreter.get_input_details()[0]["index"]
        interpreter.resize_tensor_input(place, images.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(place, images)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).copy()

    return run


def _compared(deployed, content, form, quantize):
    """An export beside Keras on the same pictures: dict; ValueError if they differ by more than rounding does."""
    side = deployed.size
    rng = np.random.default_rng(0)
    images = np.stack([_made_up(side, deployed.channels, rng) for _ in range(TRIED)])
    run = runner(content, form)
    wanted, found = np.asarray(deployed.network(images, training=False)), run(images)
    difference = float(np.abs(wanted - found).max())
    if difference > (ROUGHLY if quantize else PARITY):
        raise ValueError(
            f"the {form} model answers otherwise than Keras, by up to {difference:.2g}: it was not written"
        )
    one = images[:1]
    run(one)
    start = perf_counter()
    for _ in range(50):
        run(one)
    each = (perf_counter() - start) / 50 * 1000
    return {
        "quantized": bool(quantize),
        "largest_difference": difference,
        "bytes": len(content),
        "ms_per_grain": round(each, 3),
    }


def _made_up(side, channels, rng):
    """An ellipse with smooth zones on black, as grains are shown to the network: float32 of whole levels."""
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    u = np.hypot(x, y / rng.uniform(0.3, 0.9)) / 0.92
    waves = np.sin(u * rng.uniform(3, 25) + rng.uniform(0, 6)) * rng.uniform(5, 60)
    grey = np.where(u < 1, 127 + waves, 0)
    return np.repeat(np.rint(grey)[..., None], channels, axis=2).astype(np.float32)


def _page(content, deployed):
    """The files of the page, with the network and its engine inside: opened from a file, it cannot load any."""
    engine = _engine(files.make_folder(files.cache_folder() / "web"))
    shown = {"classes": list(deployed.classes), "size": deployed.size, "channels": deployed.channels}
    parts = {
        "MODEL": base64.b64encode(content).decode(),
        "WASM": base64.b64encode((engine / "ort-wasm-simd-threaded.wasm").read_bytes()).decode(),
        "GLUE": base64.b64encode((engine / "ort-wasm-simd-threaded.mjs").read_bytes()).decode(),
        "SHOWN": shown,
    }
    script = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in parts.items())
    own = [HERE / "page" / name for name in ("index.html", "grains.js")]
    others = [engine / name for name in ("ort.wasm.min.js", "LICENSE-onnxruntime.txt")]
    return {"model.js": script} | {path.name: path.read_bytes() for path in (*own, *others)}


def _engine(folder):
    """onnxruntime-web from npm with its licence, in the kit's cache: the folder; OSError if it cannot be had."""
    if (folder / "LICENSE-onnxruntime.txt").is_file():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        raise OSError("export --to page needs npm, for onnxruntime-web: install Node.js (nodejs.org; apt install npm)")
    with TemporaryDirectory() as packed:
        done = subprocess.run(
            [npm, "pack", "--silent", WEB], cwd=packed, capture_output=True, text=True, encoding="utf-8", check=False
        )
        archives = list(Path(packed).glob("*.tgz"))
        if done.returncode or not archives:
            raise ConnectionError(f"npm does not hand out {WEB}: check the network and export again")
        with tarfile.open(archives[0], encoding="utf-8") as archive:
            for name in WEB_FILES:
                files.write_whole(folder / name, archive.extractfile(f"package/dist/{name}").read())
            licence = _licence(archive)
        files.write_whole(folder / "LICENSE-onnxruntime.txt", licence)
    return folder


def _licence(archive):
    """The licence of an npm package: what its package.json says, and the words of the MIT licence that it names."""
    content = archive.extractfile("package/package.json").read()
    said = json.loads(content)
    if said["license"] != "MIT":
        raise ValueError(f"{WEB} comes under another licence than expected, {said['license']}: it was not copied")
    return f"{said['name']} {said['version']}, copyright (c) Microsoft Corporation\n\n{MIT}"

"""One trained model out, and in again: a `.keras` file, the card that says what it is, loading that runs no code."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np

__all__ = ["load", "predict", "save"]

# Where the parts of a model may come from, which must be classes. A file can name any function of any module, Keras's
# own among them, such as the one that downloads a file.
MODULES = {"keras", "keras.src.models.functional"} | {
    f"keras.{kind}" for kind in ("layers", "initializers", "regularizers", "constraints", "optimizers", "losses")
}
# Keras's own layers that run what the file brings along, or what it points to.
REFUSED = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}


def save(model, path, card):
    """Write a model with its preprocessing, and beside it a card, in Markdown.

    Parameters
    ----------
    model : keras.Model
        What `transfer.assemble` returns.
    path : path
        Ends in .keras; the card gets the same name with .md. What is there is replaced, in one move.
    card : dict of str to str, number or dict
        What to say of the model: data, split, seeds, scores with their intervals, limits. A dict becomes a table.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"a model's file ends in .keras: {path.with_suffix('.keras').name}, not {path.name}")
    part = path.with_name(f"{path.stem}.part.keras")
    try:
        model.save(part)
        os.replace(part, path)
        path.with_suffix(".md").write_text(_card(path.stem, model, card), encoding="utf-8")
    except OSError as error:
        raise OSError(f"{path} cannot be written ({error.strerror}): make room or name another place") from None
    finally:
        part.unlink(missing_ok=True)


def _card(name, model, card):
    """The card as Markdown: what goes in and comes out, then a section an entry."""
    height, width, channels = model.input_shape[1:]
    what_goes_in = f"crops of {height} × {width} px, {channels} channel, grey levels 0 to 255 (no scaling before)"
    lines = [f"# {name}", "", f"In: {what_goes_in}. Out: the probability of porphyry.", ""]
    lines += [f"{model.count_params():,} parameters.", ""]
    for title, text in card.items():
        lines += [f"## {title}", ""]
        if isinstance(text, dict):
            lines += ["| | |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in text.items())]
        else:
            lines.append(str(text))
        lines.append("")
    return "\n".join(lines)


def load(path):
    """A model from a `.keras` file, if it is made of Keras's own layers; nothing that the file says is run.

    Raises
    ------
    ValueError
        If it is no such file, is damaged, or has parts that could run code.
    """
    import keras

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError):
        raise ValueError(
            f"{path} is damaged, or no .keras file; other formats can hide code and are not read"
        ) from None
    for part in _parts(config):
        name, module = str(part["class_name"]), str(part.get("module", "keras"))
        if name == "__keras_tensor__":
            continue
        if module not in MODULES or name in REFUSED or not (name.isidentifier() and name[0].isupper()):
            raise ValueError(f"{path} has a part that could run code ({module}.{name}): it was not loaded")
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise ValueError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from None


def predict(model, images):
    """Probability of porphyry for each crop; array of float, shape (n,).

    Parameters
    ----------
    model : keras.Model
        With its preprocessing inside, as `save` wrote and `load` read it.
    images : array of uint8, shape (n, height, width, 1)
        Crops of the side, in pixels, that the model learned from.
    """
    height, width, channels = model.input_shape[1:]
    if images.dtype != np.uint8:
        raise ValueError(f"the model takes 8-bit crops, grey levels 0 to 255, not {images.dtype}")
    if images.shape[1:] != (height, width, channels):
        wanted = f"crops of {height} × {width} px with {channels} channel"
        raise ValueError(f"the model takes {wanted}, not {images.shape}: cut the grains with size={height}")
    parts = [np.asarray(model(images[start : start + 8], training=False)) for start in range(0, len(images), 8)]
    return np.concatenate(parts)[:, 0]


def _parts(config):
    """Every object that a configuration asks Keras to make, however deep it lies."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        config = list(config.values())
    if isinstance(config, list):
        for item in config:
            yield from _parts(item)

"""One trained model out, and in again: a `.keras` file, the card that says what it is, loading that runs no code."""

import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from zirconkit import files

__all__ = ["attached", "load", "packed", "predict", "save"]

CLASSES = "classes.json"  # a file of our own in the archive that a .keras file is; Keras does not look at it
# Where the parts of a model may come from, which must be classes. A file can name any function of any module, Keras's
# own among them, such as the one that downloads a file.
MODULES = {"keras", "keras.src.models.functional"} | {
    f"keras.{kind}"
    for kind in ("layers", "initializers", "regularizers", "constraints", "optimizers", "losses", "metrics")
}
# Keras's own layers that run what the file brings along, or what it points to.
REFUSED = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}


def save(model, path, card, classes=()):
    """Write a model with its preprocessing and the names of its classes, and beside it a card, in Markdown.

    Parameters
    ----------
    model : keras.Model
        What `transfer.assemble` returns.
    path : path
        Ends in .keras; the card gets the same name with .md. What is there is replaced, in one move.
    card : dict of str to str, number or dict
        What to say of the model: data, split, seeds, scores with their intervals, limits. A dict becomes a table.
    classes : tuple of str, optional
        The names of the classes in their order, as `Grains.classes` has them; none where it predicts numbers.
    """
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"a model's file ends in .keras: {path.with_suffix('.keras').name}, not {path.name}")
    known = max(2, model.output_shape[-1])
    if classes and len(classes) != known:
        raise ValueError(f"{model.name} tells {known} classes apart, not {len(classes)}: name each, in their order")
    contents = {path.name: packed(model, classes), path.with_suffix(".md").name: _card(path.stem, model, card, classes)}
    files.write_together(path.parent, contents)


def packed(model, classes, **attached):
    """A .keras file with the names of the classes in it: bytes; and what else is `attached`, each as NAME.json."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(CLASSES, json.dumps(list(classes)))
            for name, content in attached.items():
                archive.writestr(f"{name}.json", json.dumps(content))
        return path.read_bytes()


def attached(path, name):
    """What `packed` attached to a .keras file under a name, JSON as Python has it; None where it has no such thing."""
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read(f"{name}.json"))
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError):
        return None


def _card(name, model, card, classes):
    """The card as Markdown: what goes in and comes out, then a section an entry."""
    lines = [f"# {name}", "", f"In: {_what_goes_in(model)}. Out: {_what_comes_out(model, classes)}.", ""]
    lines += [f"{model.count_params():,} parameters.", ""]
    for title, text in card.items():
        lines += [f"## {title}", ""]
        if isinstance(text, dict):
            lines += ["| | |", "| --- | --- |"]
            lines += [f"| {key} | {value} |" for key, value in text.items()]
        else:
            lines.append(str(text))
        lines.append("")
    return "\n".join(lines)


def _what_goes_in(model):
    scale = ", levels 0 to 255 (no scaling before)" if _takes_images(model) else ""
    return _wanted(model) + scale


def _takes_images(model):
    return len(model.input_shape) == 4


def _wanted(model):
    """What a model takes, in words."""
    lengths = ["any" if side is None else str(side) for side in model.input_shape[1:]]
    *sides, channels = lengths
    size = " × ".join(sides)
    what = f"crops of {size} px" if _takes_images(model) else f"arrays of {size} values"
    plural = "" if channels == "1" else "s"
    return f"{what} with {channels} channel{plural}"


def _fit(shape, wanted):
    """Whether a shape is the wanted one, of which None is any length."""
    sides = zip(shape, wanted)
    return len(shape) == len(wanted) and all(want is None or side == want for side, want in sides)


def _what_comes_out(model, classes):
    """What a model says, in words."""
    from zirconkit.networks.models import output_activation

    n, activation = model.output_shape[-1], output_activation(model)
    if activation == "sigmoid" and n == 1:
        return f"the probability of {classes[1] if classes else 'class 1'}"
    if activation == "softmax":
        names = f"{', '.join(classes)}, in this order" if classes else f"each of {n} classes"
        return f"the probability of {names}"
    return f"{n} number" + "s" * (n > 1)


def load(path):
    """A model from a `.keras` file, if it is made of Keras's own layers; nothing that the file says is run.

    Returns
    -------
    keras.Model
        Its `classes` are the names that `save` was given, in the order of what it says: tuple of str, empty if none.

    Raises
    ------
    ValueError
        If it is no such file, is damaged, or has parts that could run code.
    """
    import keras

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    config, classes = _read(path)
    for part in _parts(config):
        name, module = str(part["class_name"]), str(part.get("module", "keras"))
        if name != "__keras_tensor__" and not _is_harmless(name, module):
            raise ValueError(f"{path} has a part that could run code ({module}.{name}): it was not loaded")
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise ValueError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from None
    model.classes = classes
    return model


def _read(path):
    """What a .keras file says of the model's parts, and the names of its classes."""
    classes = "[]"
    try:
        with zipfile.ZipFile(path) as archive:
            config = archive.read("config.json")
            if CLASSES in archive.namelist():
                classes = archive.read(CLASSES)
        return json.loads(config), tuple(map(str, json.loads(classes)))
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError, TypeError):
        raise ValueError(
            f"{path} is damaged, or no .keras file; other formats can hide code and are not read"
        ) from None


def _is_harmless(name, module):
    """Whether a part is a class of Keras's own that runs nothing that the file brings along."""
    is_class = name.isidentifier() and name[0].isupper()
    return is_class and module in MODULES and name not in REFUSED


def _parts(config):
    """Every object that a configuration asks Keras to make, however deep it lies."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        config = list(config.values())
    if isinstance(config, list):
        for item in config:
            yield from _parts(item)


def predict(model, images):
    """What a model says of each crop, or other array, as it was made: nothing is scaled before.

    Parameters
    ----------
    model : keras.Model
        With its preprocessing inside, as `save` wrote and `load` read it.
    images : array of uint8, shape (n, height, width, channels); or array of float, shape (n, ...)
        Crops of the side, in pixels, that the model learned from. Float for a model that does not take images.

    Returns
    -------
    array of float32, shape (n,) or (n, classes)
        Of two classes the probability of the second; of more, of each in the order of the model's `classes`.
    """
    from zirconkit.networks import training

    if _takes_images(model) and images.dtype != np.uint8:
        raise ValueError(f"the model takes 8-bit crops, grey levels 0 to 255, not {images.dtype}")
    if not _fit(images.shape, model.input_shape):
        advice = f": cut the grains with size={model.input_shape[1]}" if _takes_images(model) else ""
        raise ValueError(f"the model takes {_wanted(model)}, not {images.shape}{advice}")
    return training.predict(model, images, batch_size=8)

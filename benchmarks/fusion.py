"""Do an image and a spectrum of a grain together say more than either alone, and what if one of them is missing?

Grown mounts: the images are those of the course; the spectrum of each zircon is grown from a composition whose hafnium
and thorium lie a little higher in one class, and by chance all else, so that given the class the two kinds of data are
independent. Truth says that together they must be the better witness. Three networks in plain Keras, for each seed:

- `image` and `spectrum` alone;
- `late`: the mean of the logits of those two, which were trained apart;
- `fused`: both branches into one dense layer (early fusion of what the branches see);
- `gated`: each branch gives a logit and a gate, the answer is the gated sum;
- `fused_dropout`, `gated_dropout`: the same, but in training one kind is blanked in a third of the grains each
  (modality dropout).

Scored on the mounts held out: ROC-AUC with both, with one missing (blank), and with one permuted among the grains. One
JSON line: means over seeds; gains paired over grains, of the mean logit over seeds, with 95 % intervals. `--save`
writes data/results/fusion.csv.
"""

import argparse
import json
from time import process_time

import keras
import numpy as np
import pandas as pd
from keras import layers

from zirconkit import evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.synthetic.chemistry import zircon_spectra

EPOCHS, SEEDS, COUNTS = 20, 3, 60_000
BLANK = 1 / 3  # of the grains, each kind


def image_branch(inputs):
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, activation="relu", padding="same")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(x)
    return layers.Dense(16, activation="relu")(x)


def spectrum_branch(inputs):
    x = layers.Dropout(0.2)(inputs)
    return layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3))(x)


def network(kind, bins):
    """A network of one kind: image, spectrum, fused or gated; it takes both inputs and gives a logit."""
    image, spectrum = keras.Input((32, 32, 1)), keras.Input((bins,))
    seen, measured = image_branch(image), spectrum_branch(spectrum)
    if kind in ("image", "spectrum"):
        out = layers.Dense(1)(seen if kind == "image" else measured)
    elif kind == "fused":
        out = layers.Dense(1)(layers.Dense(16, activation="relu")(layers.Concatenate()([seen, measured])))
    else:
        parts = [layers.Multiply()([layers.Dense(1)(x), layers.Dense(1, activation="sigmoid")(x)])
                 for x in (seen, measured)]  # fmt: skip
        out = layers.Add()(parts)
    model = keras.Model([image, spectrum], out)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss)
    return model


def blanked(inputs, rng):
    """Inputs of which a third of the grains lack the image and another third the spectrum."""
    image, spectrum = (array.copy() for array in inputs)
    drawn = rng.random(len(image))
    image[drawn < BLANK] = 0
    spectrum[drawn > 1 - BLANK] = 0
    return [image, spectrum]


def trained(kind, inputs, y, seed, dropout):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = network(kind, inputs[1].shape[1])
    for _ in range(EPOCHS):
        shown = blanked(inputs, rng) if dropout else inputs
        model.fit(shown, y, batch_size=64, epochs=1, verbose=0)
    return model


def conditions(inputs, seed):
    """The test inputs as they are, with one kind missing, and with one permuted."""
    image, spectrum = inputs
    order = np.random.default_rng(seed).permutation(len(image))
    return {
        "both": [image, spectrum],
        "no image": [np.zeros_like(image), spectrum],
        "no spectrum": [image, np.zeros_like(spectrum)],
        "image permuted": [image[order], spectrum],
        "spectrum permuted": [image, spectrum[order]],
    }


def data():
    """What is learned from and what is tested on: inputs and classes."""
    grains = gr.from_mounts(mounts.labelled("synthetic"), size=32, mask_neighbours=True, progress=False)
    spectra = zircon_spectra(grains.y, COUNTS)
    spectra = (spectra - spectra.mean(axis=0)) / spectra.std(axis=0)
    images = grains.x[..., :1].astype(np.float32)
    images = (images - images.mean()) / images.std()
    roles = samples.sheet()["role"]
    test = grains.table["sample"].map(roles).eq("test").to_numpy()
    parts = [([images[rows], spectra[rows]], grains.y[rows]) for rows in (~test, test)]
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/fusion.csv")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    (learned, y), (tested, truth) = data()
    logits, rows = {}, []
    for seed in range(options.seeds):
        alone = {}
        for name in ("image", "spectrum", "fused", "gated", "fused_dropout", "gated_dropout"):
            model = trained(name.split("_")[0], learned, y, seed, name.endswith("dropout"))
            for condition, inputs in conditions(tested, seed).items():
                answer = model.predict_on_batch(inputs)[:, 0]
                alone[name, condition] = answer
            keras.backend.clear_session()
        for condition in conditions(tested, seed):
            alone["late", condition] = (alone["image", condition] + alone["spectrum", condition]) / 2
        alone["late", "no image"], alone["late", "no spectrum"] = alone["spectrum", "both"], alone["image", "both"]
        for (name, condition), answer in alone.items():
            logits.setdefault((name, condition), []).append(answer)
            auc = evaluation.auc_interval(truth, answer).value
            rows.append({"seed": seed, "network": name, "condition": condition, "auc": round(float(auc), 4)})
    table = pd.DataFrame(rows)
    if options.save:
        table.sort_values(["network", "condition", "seed"]).to_csv(samples.DATA / "results/fusion.csv", index=False)
    print(json.dumps(summary(table, logits, truth, len(y))))


def summary(table, logits, truth, n_learned):
    means = table.groupby(["network", "condition"])["auc"].mean().round(4).unstack().to_dict("index")
    mean = {key: np.mean(values, axis=0) for key, values in logits.items()}
    pairs = {f"{name} over {other}": (mean[name, "both"], mean[other, "both"])
             for name in ("late", "fused", "gated", "fused_dropout", "gated_dropout")
             for other in ("image", "spectrum")}  # fmt: skip
    for name in ("fused", "gated"):
        for condition, other in (("no image", "spectrum"), ("no spectrum", "image")):
            for kind in ("", "_dropout"):
                pairs[f"{name}{kind}, {condition}, over {other}"] = (mean[name + kind, condition], mean[other, "both"])
    gains = {key: [round(float(value), 3) for value in evaluation.auc_difference(truth, *pair)]
             for key, pair in pairs.items()}  # fmt: skip
    return {"learned": n_learned, "tested": len(truth), "auc": means, "gains": gains,
            "core_seconds": round(process_time(), 1)}  # fmt: skip


if __name__ == "__main__":
    main()

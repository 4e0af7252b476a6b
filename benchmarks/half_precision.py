"""What arithmetic in half precision (`mixed_float16`, as on a GPU) costs: the same trainings in 32 bits and in 16.

LeNet at 32 px, with augmentation, 30 epochs, and the head on EfficientNet-Lite0 at 96 px by `transfer.train` (60 epochs
of the head, 5 with the last convolution, four views), each from three seeds, on the synthetic set: 542 grains to learn
from, 136 to validate on. In 16 bits everything is: network, frozen layers and features. The last neurone and the
weights stay in 32.

Prints one JSON line: ROC-AUC on the validation grains by seed, and the difference of the means.
"""

import json

import numpy as np
import pandas as pd

from zirconkit import evaluation
from zirconkit.networks import backbones, models, sweeps, training, transfer
from zirconkit.networks.sweeps import trials

# isort: split
import keras
from tqdm import tqdm

SEEDS, EPOCHS, STAGES = 3, 30, transfer.Stages(epochs=(60, 5), n_views=4)
POLICIES = ("float32", "mixed_float16")


def lenet(learning, validation, seed):
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.lenet())
    training.fit(model, learning, epochs=EPOCHS, augment=training.augmentation(seed), seed=seed, progress=False)
    return model, training.predict(model, validation)


def lite0(learning, validation, seed):
    stages = STAGES._replace(seed=seed)
    model, _ = transfer.train(backbones.lite0(96), learning, validation, stages, progress=False)
    return model, training.predict(model, validation.images)  # preprocessing is inside


def parts(size):
    """Grains to learn from and to validate on."""
    jobs = pd.DataFrame([{"grains": "as published", "size": size}])
    grains, _ = sweeps.load_grains(sweeps.read("regularization"), jobs)["as published", size]
    return trials.split(grains, 0, 1)


def main():
    ways = {"lenet": (lenet, parts(32)), "lite0": (lite0, parts(64))}
    result = {"benchmark": "half_precision", "n_train": len(ways["lenet"][1][0])}
    bar = tqdm(total=len(ways) * len(POLICIES) * SEEDS, unit="training")
    for name, (way, (learning, validation)) in ways.items():
        means = {}
        for policy in POLICIES:
            auc = []
            for seed in range(SEEDS):
                keras.backend.clear_session()  # which forgets the policy
                keras.mixed_precision.set_global_policy(policy)
                model, predicted = way(learning, validation, seed)
                assert all(layer.dtype_policy.name == policy for layer in model.layers[:-1])
                auc.append(evaluation.auc_interval(validation.y, predicted)[0])
                bar.update()
            means[policy] = np.mean(auc)
            result[f"auc_{name}_{policy}"] = np.round(auc, 4).tolist()
        result[f"{name}_lost"] = round(float(means["float32"] - means["mixed_float16"]), 4)
    keras.mixed_precision.set_global_policy("float32")
    print(json.dumps(result))


if __name__ == "__main__":
    main()

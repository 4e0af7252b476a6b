"""zirconkit: what machine learning can see in a mineral.

Import the room of the step that you need (`from zirconkit import mounts, segmentation, grains`); the package itself
loads nothing, so that `import zirconkit` stays instant. The rooms, in the order in which data travel:

    messages        the kit's own warnings
    samples         the paper's tables: sample sheet, published scores
    files           cache folder, whole writes, checked downloads
    jobs            many files on all cores or on a Dask cluster, nothing lost and nothing done twice
    handover        what one notebook hands to another, in a file of the student's
    synthetic       what a program grows, with its truth: crystals, zoning, recipes, mounts, X-ray spectra
    spectra         X-ray spectra (EDS): reading, peaks and compositions, minerals by name, zircon or not
    mounts          Mount, find, labelled; reading images and their scale
    segmentation    published recipe, watershed, network; measurements, stitching, edits, scores, whole files
    grains          Grains; crops, preparation (exposure, level and even), splits, saving
    convolution     convolution and pooling spelled out
    diffraction     powder patterns: reading, search-match, the network that names minerals, sums of standards, cells
    networks        models, training, sweeps, weights, backbones, cache, transfer, exports: all that needs TensorFlow
    evaluation      scores, intervals, pairs of mounts, decisions, fractions, control
    thin_sections   rocks in thin section: phases, modes and single grains, from two lights
    probes          where a score could come from: one clue at a time
    deployment      a model with a card, over thousands of images, at the edge, under control
    mysteries       sets that somebody may have tampered with, and probes to find out
    explain         feature maps and maps of evidence, and how far to trust them
    embeddings      a grain as a vector, and what may be read from a map of such vectors
    labelling       few labels: whom to ask next, agreement of two views, what a label is worth
    dreams          dreamt grains judged: told apart, copied, covered
    plots           every figure; classes and palette passed in
    widgets         thin ipywidgets over pure functions
    exercises       questions that check themselves
    course          profiles, contents, running notebooks, rebuild, hand-outs, doctor
    cli             the `zirconkit` command: argument parsing only
"""

import os

__version__ = "0.1.0"

# TensorFlow uses oneDNN by itself only on some processors (those with AVX-512); on the others it makes LeNet's step
# twice as fast. It looks at this when it is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

"""Out of the lab: a model with a card, over thousands of images, at the edge, under control.

`learning` trains on a folder of one's own, `cards` says what the model is worth, `classifying` uses it on new images,
`exporting` takes it to other machines, `watching` tells when what comes in is no longer what it was. Import the module
of the step that you need. Nothing here loads TensorFlow before it is needed.
"""

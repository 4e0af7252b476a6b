"""Networks: models, training, sweeps, other people's weights, transfer learning, and models as files.

The only room that needs TensorFlow; import the module of the step that you need, such as
`from zirconkit.networks import models, training`.
"""

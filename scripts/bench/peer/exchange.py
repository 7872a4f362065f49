"""What our side wrote of a workload: its description, start weights and batches."""

import torch

from files import batches, description, safetensors


class Workload:
    """The fields of `workload.json`, the weights by name in PyTorch's layouts, and the pool of batches."""

    def __init__(self, folder):
        plain = description(folder)
        self.samples = plain["samples"]
        self.is_one_model = plain["isOneModel"]
        self.is_held_out = plain["isHeldOut"]
        self.optimizer = plain["optimizer"]
        self.l2 = plain["l2"]
        self.steps = plain["steps"]
        self.weights = {name: converted(name, w) for name, w in safetensors(folder).items()}
        self._peak, self._warmup = plain["learningRate"], plain["warmupSteps"]
        self._images, self._soft = (torch.from_numpy(array) for array in batches(folder, plain))

    def learning_rate(self, since):
        return self._peak * min(1, (since + 1) / self._warmup)

    def batch(self, position, first, end):
        """Samples first to end as one batch: images [B, C, H, W] in channels_last order, soft labels [B, K]."""
        place = position % len(self._images)
        images = self._images[place, first:end].flatten(0, 1).permute(0, 3, 1, 2)
        return images, self._soft[place, first:end].flatten(0, 1)


def converted(name, array):
    """TensorFlow's layouts to PyTorch's: kernels become [Cout, Cin, k, k], depthwise ones [C, 1, k, k]; fc stays [Cin, K]."""
    weight = torch.from_numpy(array.copy())
    if name == "head.fc.kernel" or weight.dim() == 1:
        return weight
    if weight.dim() == 2:  # [Cin, Cout]
        weight = weight.t()[:, :, None, None]
    elif weight.shape[3] == 1:  # [k, k, C, 1]
        weight = weight.permute(2, 3, 0, 1)
    else:  # [k, k, Cin, Cout]
        weight = weight.permute(3, 2, 0, 1)
    return weight.contiguous(memory_format=torch.channels_last)

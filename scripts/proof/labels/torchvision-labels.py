"""Prints the classes and the (path, label) list of torchvision's ImageFolder as JSON."""

import json
import sys

from torchvision.datasets import ImageFolder

root = sys.argv[1]
folder = ImageFolder(root, loader=lambda path: path)
samples = [[path[len(root) + 1 :], label] for path, label in folder.samples]
print(json.dumps({"classes": folder.classes, "samples": samples}))

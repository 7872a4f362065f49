"""PyTorch's steps of a workload, in one process or as one of two under DistributedDataParallel."""

import os
import time

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from rmsprop import RMSProp
from supernet import SubNetwork, SuperNet

SHOWN_ROWS = 8


class Steps:
    def __init__(self, workload, rank, ranks):
        self.workload = workload
        self.rank, self.ranks = rank, ranks
        self.subs = [[SubNetwork(plain) for plain in step] for step in workload.steps]
        self.net = SuperNet(workload.weights)
        self.parameters = list(self.net.parameters_by_name.values())
        for parameter in self.parameters:
            parameter.grad = torch.zeros_like(parameter)
        self.model = torch.compile(self.net) if os.environ.get("PEER_COMPILE") else self.net
        # autocast as a user writes it: forward pass and loss; the backward pass follows its types
        self.precision = torch.autocast("cpu", dtype=torch.bfloat16, enabled=bool(os.environ.get("PEER_AUTOCAST")))
        if ranks > 1 and not workload.is_held_out:
            finding = {"find_unused_parameters": not workload.is_one_model}
            self.model = DistributedDataParallel(self.net, gradient_as_bucket_view=True, **finding)
        self.reset(0)

    def reset(self, position):
        """Start weights; the next step is that of `position` in the sequence."""
        with torch.no_grad():
            for parameter, start in zip(self.parameters, self.workload.weights.values()):
                parameter.copy_(start)
        self.optimizer = RMSProp(self.parameters, **self.workload.optimizer)
        self.position, self.since = position, 0

    def check(self, count):
        """Losses of `count` steps, exactly as the other side computes them; of a held-out pass some logits too."""
        steps = [self.step(exactly=True) for _ in range(count)]
        answer = {"losses": self.averaged([loss for loss, _ in steps])}
        if self.workload.is_held_out:
            answer["logits"] = [self.gathered(logits) for _, logits in steps]
        return answer

    def steps(self, count):
        """Milliseconds and loss of each of `count` steps."""
        milliseconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter()
            loss, _ = self.step(exactly=False)
            milliseconds.append(1000 * (time.perf_counter() - start))
            losses.append(loss)
        return {"ms": milliseconds, "losses": self.averaged(losses)}

    def step(self, exactly):
        self.net.pads(exactly)
        place = self.position % len(self.subs)
        parts = self.parts(apart=exactly)
        step = self.held_out if self.workload.is_held_out else self.train
        result = step(place, parts)
        self.position += 1
        self.since += 1
        return result

    def parts(self, apart):
        """The samples that this process takes: (first, end) of each forward pass. One model takes them at once."""
        samples = self.workload.samples
        if self.ranks > 1:
            return [(self.rank, self.rank + 1)]
        if self.workload.is_one_model and not apart:
            return [(0, samples)]
        return [(i, i + 1) for i in range(samples)]

    def train(self, place, parts):
        torch._foreach_zero_([p.grad for p in self.parameters])
        total = 0.0
        for first, end in parts:
            images, soft = self.workload.batch(self.position, first, end)
            with self.precision:
                logits = self.model(images, self.subs[place][first])
                loss = F.cross_entropy(logits, soft)
            (loss / len(parts) if len(parts) > 1 else loss).backward()
            total += loss.detach() / len(parts)
        self.add_decay(place)
        self.optimizer.step(self.workload.learning_rate(self.since))
        return float(total), None

    @torch.inference_mode()
    def held_out(self, place, parts):
        total, shown = torch.zeros(()), []
        for first, end in parts:
            images, soft = self.workload.batch(self.position, first, end)
            with self.precision:
                logits = self.model(images, self.subs[place][first]).float()
            total += F.cross_entropy(logits, soft) / self.workload.samples
            shown.append(logits[:SHOWN_ROWS])
        if self.ranks > 1:
            dist.all_reduce(total)  # every process needs the quality of all samples
        return float(total), torch.cat(shown)

    @torch.no_grad()
    def add_decay(self, place):
        """Adds the gradient of l2 / 2 times the kernels' squares, on what each of the step's samples used."""
        parameters = self.net.parameters_by_name
        cuts = [(parameters[name], outputs, inputs) for sub in self.subs[place] for name, outputs, inputs in sub.kernels]
        gradients = [parameter.grad[:outputs, :inputs] for parameter, outputs, inputs in cuts]
        kernels = [parameter[:outputs, :inputs] for parameter, outputs, inputs in cuts]
        torch._foreach_add_(gradients, kernels, alpha=self.workload.l2 / self.workload.samples)

    def averaged(self, losses):
        """Means over the processes; a held-out pass has them already."""
        if self.ranks == 1 or self.workload.is_held_out:
            return losses
        total = torch.tensor(losses, dtype=torch.float64)
        dist.all_reduce(total)
        return (total / self.ranks).tolist()

    def gathered(self, rows):
        if self.ranks == 1:
            return rows.flatten().tolist()
        parts = [torch.zeros_like(rows) for _ in range(self.ranks)]
        dist.all_gather(parts, rows.contiguous())
        return torch.cat(parts).flatten().tolist()

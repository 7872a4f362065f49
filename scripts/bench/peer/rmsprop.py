"""RMSProp as TensorFlow has it: the mean square starts at 1, epsilon is inside the root, every weight moves at every step."""

import torch


class RMSProp:
    def __init__(self, parameters, decay, momentum, epsilon, **_):
        self.parameters = parameters
        self.decay, self.momentum, self.epsilon = decay, momentum, epsilon
        self.mean_square = [torch.ones_like(p) for p in parameters]
        self.velocity = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self, learning_rate):
        gradients = [p.grad for p in self.parameters]
        torch._foreach_mul_(self.mean_square, self.decay)
        torch._foreach_addcmul_(self.mean_square, gradients, gradients, 1 - self.decay)
        root = torch._foreach_add(self.mean_square, self.epsilon)
        torch._foreach_sqrt_(root)
        torch._foreach_mul_(self.velocity, self.momentum)
        torch._foreach_addcdiv_(self.velocity, gradients, root, learning_rate)
        torch._foreach_sub_(self.parameters, self.velocity)

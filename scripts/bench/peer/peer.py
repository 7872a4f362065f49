"""The PyTorch side as a server: peer.py FOLDER RANKS. Same protocol as ours.mjs; with two ranks it starts the other itself."""

import json
import os
import subprocess
import sys

import torch
import torch.distributed as dist

from exchange import Workload
from steps import Steps


def main(folder, ranks, rank=0):
    answers = own_stdout()
    if ranks > 1:  # one process has PyTorch's default, all cores
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // ranks))
    others = []
    if ranks > 1:
        if rank == 0:
            others = [start(folder, ranks, other) for other in range(1, ranks)]
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
        dist.init_process_group("gloo", init_method=f"file://{folder}/rendezvous", rank=rank, world_size=ranks)
    steps = Steps(Workload(folder), rank, ranks)
    commands = {"reset": steps.reset, "check": steps.check, "steps": steps.steps}
    about = {"torch": torch.__version__, "processes": ranks, "threads": torch.get_num_threads()}
    if rank == 0:
        answers(about)
    for line in sys.stdin:
        for other in others:
            other.stdin.write(line)
            other.stdin.flush()
        command, count = line.split()
        answer = commands[command](int(count)) or {}
        if rank == 0:
            answers(answer)
    for other in others:
        other.stdin.close()
    if ranks > 1:
        dist.destroy_process_group()
    for other in others:
        other.wait()


def own_stdout():
    """What writes an answer as a line of JSON; everything else that prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def write(answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    return write


def start(folder, ranks, rank):
    command = [sys.executable, "-B", __file__, folder, str(ranks), str(rank)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

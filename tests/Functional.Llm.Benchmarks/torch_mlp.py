#!/usr/bin/env python3
"""Samples a second of a 784-512-512-10 classifier on PyTorch's CPU backend: forward, backward and AdamW, batch 128 (median of 200 steps).

    python3 torch_mlp.py THREADS
"""
import statistics, sys, time
import torch, torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
model = torch.nn.Sequential(
    torch.nn.Linear(784, 512), torch.nn.GELU(approximate="tanh"), torch.nn.Linear(512, 512), torch.nn.GELU(approximate="tanh"), torch.nn.Linear(512, 10))
optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
x, t = torch.rand(128, 784), torch.randint(0, 10, (128,))


def step():
    optimizer.zero_grad()
    F.cross_entropy(model(x), t).backward()
    optimizer.step()


for _ in range(20):
    step()
seconds = []
for _ in range(200):
    start = time.perf_counter()
    step()
    seconds.append(time.perf_counter() - start)
print(f"{'mlp 784-512-512-10, batch 128':46} {128 / statistics.median(seconds):8.0f} samples/s")

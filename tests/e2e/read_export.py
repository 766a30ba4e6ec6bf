"""Reads an exported model folder (a zip on standard input) with nothing but Python's standard library,
and prints what it found as JSON: an opinion independent of the lab's own readers."""

import ast
import io
import json
import struct
import sys
import zipfile


def npy(data: bytes) -> dict:
    assert data[:6] == b"\x93NUMPY", "no npy magic"
    (size,) = struct.unpack("<H", data[8:10])
    header = ast.literal_eval(data[10 : 10 + size].decode("latin1"))
    assert not header["fortran_order"]
    count = 1
    for length in header["shape"]:
        count *= length
    code = {"<f4": "f", "<i4": "i"}[header["descr"]]
    values = struct.unpack(f"<{count}{code}", data[10 + size :])
    return {"shape": list(header["shape"]), "values": list(values)}


folder = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert folder.testzip() is None
name = folder.namelist()[0].split("/")[0]
weights = folder.read(f"{name}/model.safetensors")
(size,) = struct.unpack("<Q", weights[:8])
header = json.loads(weights[8 : 8 + size])
header.pop("__metadata__", None)
assert max(entry["data_offsets"][1] for entry in header.values()) == len(weights) - 8 - size
flow = zipfile.ZipFile(io.BytesIO(folder.read(f"{name}/flow.npz")))
history = folder.read(f"{name}/history.csv").decode().splitlines()
print(
    json.dumps(
        {
            "model": json.loads(folder.read(f"{name}/model.json")),
            "tensors": {key: entry["shape"] for key, entry in header.items()},
            "flow": {entry[:-4]: npy(flow.read(entry)) for entry in flow.namelist()},
            "history": {"header": history[0], "rows": len(history) - 1},
        }
    )
)

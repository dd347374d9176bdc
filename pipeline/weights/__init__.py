"""Find, verify and fetch model files; the only part of the program that may open a connection.

In: a name or a path. Out: ``ModelFolder``, ``FileCheck``, ``Fetched`` and ``ModelEntry`` records. Nothing is fetched
unless ``fetch`` is called, and nothing is opened at import.
"""

from pipeline.weights.download import Patience, Progress
from pipeline.weights.fetch import Fetched, fetch
from pipeline.weights.find import ModelEntry, ModelFolder, find, list_models
from pipeline.weights.hashes import FileCheck, FileState, hash_model, verify
from pipeline.weights.lock import Kind, LockedFile, LockedModel, locked_model, project_folder, read_lock, user_folder

__all__ = [
    "Fetched",
    "FileCheck",
    "FileState",
    "Kind",
    "LockedFile",
    "LockedModel",
    "ModelEntry",
    "ModelFolder",
    "Patience",
    "Progress",
    "fetch",
    "find",
    "hash_model",
    "list_models",
    "locked_model",
    "project_folder",
    "read_lock",
    "user_folder",
    "verify",
]

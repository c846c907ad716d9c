"""What a model tells apart besides the person: each class by its name, at a picture's size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from pyselfie.core.geometry import Size

    Plane = NDArray[np.float32]


class NoClassesError(ValueError):
    """A model tells no classes apart; the message says which one does."""

    def __init__(self, model: str) -> None:
        super().__init__(f"the {model} model tells no classes apart; the multiclass model does")


class CameraMaskError(NoClassesError):
    """A mask came with the camera's frame, and nothing else did."""

    def __init__(self) -> None:
        ValueError.__init__(self, "the camera's own mask tells no classes apart; the multiclass model's does")


class Classes(Mapping[str, "NDArray[np.float32]"]):
    """Probabilities by the names of the classes, each float32 [H, W] in 0..1; in each pixel they add up to one.

    A plane is enlarged when it is asked for, as most callers want one or two of them. They can be pickled.

    Parameters
    ----------
    names
        In the model's order, the background first.
    planes
        float32 [C, h, w], at the model's size.
    size
        The picture's.
    resize
        Brings a plane to a width and a height; a function of a module, so that pickles can name it.
    """

    def __init__(
        self,
        names: Sequence[str],
        planes: NDArray[np.float32],
        size: Size,
        resize: Callable[[Plane, int, int], Plane],
    ) -> None:
        self._planes = dict(zip(names, planes, strict=True))
        self._size = size
        self._resize = resize
        self._enlarged: dict[str, Plane] = {}

    def __getitem__(self, name: str) -> Plane:
        if name not in self._planes:
            raise KeyError(f"there is no class {name!r}; the classes are {', '.join(self._planes)}")
        if name not in self._enlarged:
            self._enlarged[name] = np.ascontiguousarray(self._resize(self._planes[name], *self._size))
        return self._enlarged[name]

    def resized(self, size: Size) -> Classes:
        """Return the same for a picture of another size."""
        return Classes(list(self._planes), np.stack(list(self._planes.values())), size, self._resize)

    def mirrored(self) -> Classes:
        """Return the same, mirrored left to right."""
        planes = np.stack(list(self._planes.values()))[..., ::-1]
        return Classes(list(self._planes), np.ascontiguousarray(planes), self._size, self._resize)

    def __iter__(self) -> Iterator[str]:
        return iter(self._planes)

    def __len__(self) -> int:
        return len(self._planes)

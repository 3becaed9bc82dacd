"""Models whose secret fields are read when they are first used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, model_validator

from takk.runtime._backends import AsyncBackend, Backend
from takk.runtime._errors import ArgumentError, ConfigError, MissingContextVariableError
from takk.runtime._plan import Batch, Plan, Validate
from takk.runtime._secret import MASK
from takk.runtime._tree import (
    Change,
    Source,
    Subscription,
    Tree,
    check_paths,
    children_of,
    context_names,
    fields_of,
    find,
    root_of,
    slots_of,
    tree_of,
    values_of,
    wire,
)

if TYPE_CHECKING:
    from takk import _native
    from typing_extensions import Self

M = TypeVar("M", bound="SecretModel")

# Whether an enclosing model is being validated: the outermost one wires the tree.
_inside: ContextVar[bool] = ContextVar("takk_runtime_inside", default=False)


def _read(model: SecretModel, name: str) -> Any:
    root = root_of(model)
    return tree_of(root).read(root, model, type(model).__takk_plan__.fields[name], False)


def _refuse(model: SecretModel, name: str) -> NoReturn:
    subject = type(model).__takk_plan__.fields[name].subject
    raise ConfigError(
        f"{subject}: it is read from the backend and cannot be given a value",
        hints=[f"in a test: `with model.override({name}=...)`"],
    )


class SecretModel(BaseModel):
    """A pydantic model whose `Secret` fields are read from a backend when they are first used.

    Class keywords:
        validate: What is checked when a model is instantiated: `"none"`, `"paths"` (every `{name}` is a field of the root; the default), or
            `"fetch"` (all secrets are read as well).
        stale_on_error: Whether a stale value is used in place of a `TransientError`.
        batch: `"model"` reads all missing secrets with the first one, in one batch; `"field"` reads each one when it is used.
        typed: Whether pydantic validates the text against the field's full type, in place of the casts of `Secret`.
    """

    __slots__ = ("__takk_root__", "__takk_slots__", "__takk_tree__", "__weakref__")

    model_config = ConfigDict(arbitrary_types_allowed=True)

    backend: Backend | AsyncBackend | None = Field(default=None, repr=False, exclude=True)

    __takk_plan__: ClassVar[Plan] = Plan()
    if TYPE_CHECKING:
        # They belong to instances; type checkers take anything but a class variable for a field.
        __takk_root__: ClassVar[SecretModel | None]
        __takk_slots__: ClassVar[_native.Slots]
        __takk_tree__: ClassVar[Tree]

    def __init_subclass__(
        cls,
        *,
        validate: Validate | None = None,
        stale_on_error: bool | None = None,
        batch: Batch | None = None,
        typed: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        given = {"validate": validate, "stale_on_error": stale_on_error, "batch": batch, "typed": typed}
        # That of the first base; `__mro__` is not complete until this has returned for all.
        cls.__takk_plan__ = cls.__takk_plan__.derived(cls, **given)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.__takk_plan__.read_fields(cls, _read, _refuse)

    @model_validator(mode="wrap")
    @classmethod
    def _takk_validate(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if _inside.get():
            return handler(data)
        token = _inside.set(True)
        try:
            model = handler(data)
        finally:
            _inside.reset(token)
        if model is not data:
            model._takk_finish()
        return model

    def _takk_finish(self) -> None:
        """Wires the tree of a new root, and makes the checks that its class asks for."""
        for model, field in fields_of(self):
            given = vars(model).get(field.name)
            if field.name in model.__pydantic_fields_set__ and given != MASK:
                vars(model)[field.name] = MASK
                _refuse(model, field.name)
        wire(self)
        validate = type(self).__takk_plan__.validate
        if validate == "none":
            return
        try:
            check_paths(self)
        except MissingContextVariableError:
            # It may become a field of another model, whose fields then fill in its paths. A model that has a backend,
            # and fields that could fill paths in or other models, is a root.
            if self.backend is not None and (context_names(self) or any(children_of(self))):
                raise
            return
        if validate == "fetch":
            self.prefetch()

    def model_post_init(self, context: Any, /) -> None:
        """Does nothing: for subclasses that call it."""

    # ------------------------------------------------------------------ changes of other fields

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).__takk_plan__.fields:
            _refuse(self, name)
        super().__setattr__(name, value)
        self._takk_changed(name)

    def __delattr__(self, name: str) -> None:
        if name in type(self).__takk_plan__.fields:
            _refuse(self, name)
        super().__delattr__(name)
        self._takk_changed(name)

    def _takk_changed(self, name: str) -> None:
        if name not in type(self).__pydantic_fields__:
            return
        root = root_of(self)
        if name == "backend" and root is self:
            tree_of(root).swap(None)
        wire(root)

    # ------------------------------------------------------------------ copies

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> NoReturn:
        """Not supported: see `copy`."""
        self._takk_refuse_copy()

    def copy(self, **_: Any) -> NoReturn:
        """Not supported: a copy would share or duplicate the secrets in memory, and belong to no tree."""
        self._takk_refuse_copy()

    def __copy__(self) -> NoReturn:
        self._takk_refuse_copy()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> NoReturn:
        self._takk_refuse_copy()

    def __replace__(self, **_: Any) -> NoReturn:
        self._takk_refuse_copy()

    def _takk_refuse_copy(self) -> NoReturn:
        name = type(self).__name__
        raise NotImplementedError(
            f"a {name} cannot be copied (copy, deepcopy, model_copy): the copy would share or duplicate its secrets; construct "
            f"another one with the same fields (as a default: `Field(default_factory={name})`)"
        )

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise NotImplementedError(
            f"a {name} cannot be pickled: its secrets would be written out; construct one in each process from the same fields"
        )

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        self.__reduce__()

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        fields = type(self).__takk_plan__.fields
        for name, value in super().__repr_args__():
            yield name, MASK if name in fields else value

    # ------------------------------------------------------------------ secrets

    def prefetch(self) -> None:
        """Reads all secrets of the tree that are not cached, in as few requests as the backend allows.

        A failure does not keep the others from being read. Raises the failure, or one exception that names all of them.
        """
        root = root_of(self)
        tree_of(root).prefetch(root)

    async def aprefetch(self) -> None:
        """`prefetch` without blocking the event loop."""
        import asyncio

        await asyncio.to_thread(self.prefetch)

    def refresh(self, name: str) -> Any:
        """Reads a secret again, even if it is cached, and returns its value. If that fails, the cached value stays.

        `name` is a field of this model, or of one in it: `db.password`. Raises `ArgumentError` if there is no such secret field.
        """
        model, field = find(self, name)
        root = root_of(self)
        return tree_of(root).read(root, model, field, True)

    def refresh_all(self) -> None:
        """Marks all values of the tree as stale: the next use of each reads it again."""
        tree_of(root_of(self)).expire()

    async def aget(self, name: str) -> Any:
        """The value of a secret field, without blocking the event loop if it has to be read. `name` is as for `refresh`."""
        model, field = find(self, name)
        known = slots_of(model).peek(field.index)
        if known is not None:
            return known[0]
        import asyncio

        root = root_of(self)
        return await asyncio.to_thread(tree_of(root).read, root, model, field, False)

    def sources(self) -> list[Source]:
        """The contents of the cache: paths, versions, ages and hits; no values."""
        return tree_of(root_of(self)).sources()

    def subscribe(self, listener: Callable[[Change], object]) -> Subscription:
        """Calls `listener` whenever a read of this tree finds that a value has changed.

        It is called after the read, on the thread that reads. Nothing is read in the background: without a `ttl` or a `refresh` there
        are no changes to find. Its exceptions are logged.
        """
        return tree_of(root_of(self)).subscribe(listener)

    def override(
        self: M, values: Mapping[str, Any] | None = None, /, *, backend: Backend | AsyncBackend | None = None, **fields: Any
    ) -> AbstractContextManager[M]:
        """For tests: overrides the values of secret fields, or the backend of the tree, within the context, in all threads.

        Fields of nested models have dotted names: `override({"db.password": "x"})`. Values are used as they are, without a cast.
        Raises `ArgumentError` for a name that is not a secret field.
        """
        return _Override(self, {**(values or {}), **fields}, backend)


class _Override(AbstractContextManager[M]):
    """Overrides values and the backend of a tree."""

    def __init__(self, model: M, values: Mapping[str, Any], backend: Backend | AsyncBackend | None) -> None:
        if backend is not None and not isinstance(backend, (Backend, AsyncBackend)):
            raise ArgumentError(f"a {type(backend).__name__} is no Backend")
        self._model = model
        self._backend = backend
        self._values = values_of(values, model)
        self._undo: list[Callable[[], object]] = []

    def __enter__(self) -> M:
        root = root_of(self._model)
        if self._backend is not None:
            tree, before = tree_of(root), root.backend
            vars(root)["backend"] = self._backend
            cache = tree.swap(None)
            wire(root)

            def undo() -> None:
                vars(root)["backend"] = before
                tree.swap(cache)
                wire(root)

            self._undo.append(undo)
        for model, field, value in self._values:
            slots = slots_of(model)
            overridden = slots.overridden(field.index)
            slots.override_with(field.index, value)
            self._undo.append(_restore(slots, field.index, overridden))
        return self._model

    def __exit__(self, *_: object) -> None:
        while self._undo:
            self._undo.pop()()


def _restore(slots: _native.Slots, index: int, before: tuple[Any] | None) -> Callable[[], object]:
    if before is None:
        return lambda: slots.restore(index)
    return lambda: slots.override_with(index, before[0])

"""Draw the chart of a list (`--plot`), and save it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import extras, frames
from zenpro_nb.errors import SaveError
from zenpro_nb.framework.cli.context import CommandContext, Presenter
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.lists.saved_files import say_saved
from zenpro_nb.resources import Resource
from zenpro_nb.resources.columns import CREATED
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

Picture = Callable[["pd.DataFrame", str], Any]  # (DataFrame, note) -> a picture like `Bars`

TIME = CREATED.name  # a picture counts by this column: every page has it, unlike the times of a run
_SVG, _PNG = ".svg", ".png"
_OTHER_PICTURES = (".pdf", ".jpg", ".jpeg", ".gif", ".webp")  # formats that charts are not saved in


def is_picture(path: str) -> bool:
    """Return whether this is the file name of a picture."""
    return path.lower().endswith((_SVG, _PNG))


def check_files(options: ListOptions) -> None:
    """Raise SaveError for a picture file without `--plot`, or in another format; its hint has the whole line.

    The hint of the error itself is for a file name that comes from a variable.

    Raises:
        SaveError: as above.
        MissingExtraError: a PNG file needs matplotlib.
    """
    for path in options.save:
        if other := path.lower().endswith(_OTHER_PICTURES):
            error = SaveError(
                f"{path!r}: charts are saved as SVG or PNG",
                hint="Use --plot with --save FILE.svg or --save FILE.png, or save a table.",
            )
        elif is_picture(path) and not options.plot:
            error = SaveError(f"{path!r} is a picture file", hint="Add --plot, or save a table.")
        else:
            if path.lower().endswith(_PNG):
                extras.check("png", "A chart as PNG")
            continue
        right = f"{path.rpartition('.')[0]}{_PNG if extras.has('png') else _SVG}" if other else path
        error.replaced = path, quoted(right) if options.plot else f"{quoted(right)} --plot"
        raise error


def draw(
    ctx: CommandContext,
    frame: pd.DataFrame,
    resource: Resource,
    options: ListOptions,
    picture: Picture | None = None,
) -> None:
    """Show how many objects per day a DataFrame contains, by state, and save the drawing to the picture files.

    Args:
        picture: returns another chart of the DataFrame, with a note in its title.
    """
    facts = frame.attrs["zenpro"]
    from zenpro_nb.pictures.timeline import Timeline  # imported here, because few commands draw a picture

    note = "" if frames.is_whole(facts) else "not complete"
    if options.limit == len(frame) and not facts.get("complete"):
        note = f"only {counted(len(frame), 'row')}, because of --limit"
    if picture is None:
        drawing: Any = Timeline.of(frame, resource.noun, TIME, resource.plotted, note)
    else:
        drawing = picture(frame, note)
    drawing = replace(drawing, subtitle=_subtitle(frame, facts))
    ctx.ui.picture(drawing if ctx.pseudonyms is None else _with_pseudonyms(drawing, frame, ctx.pseudonyms))
    ctx.ui.abridge("; `--format table` prints all")
    pictures = [*filter(is_picture, options.save)]
    if not pictures and (options.save or not ctx.ui.has_variables):  # a terminal shows bars; a notebook the picture
        suffix = _PNG if extras.has("png") else _SVG
        ctx.ui.say(f"`--save {resource.noun}{suffix}` saves the chart as a picture (.svg or .png)")
    for name in pictures:
        text = drawing.svg(for_file=True)
        path = frames.save_bytes(_png(text), name) if name.lower().endswith(_PNG) else frames.save_text(text, name)
        say_saved(ctx, "the picture", path, frame)


def _with_pseudonyms(drawing: Any, frame: pd.DataFrame, pseudonyms: Presenter) -> Any:
    """Return the drawing with pseudonyms for the people in it."""
    pseudonyms.learn_from(frame)
    return drawing.named(pseudonyms.text)


def _subtitle(frame: pd.DataFrame, facts: Mapping[str, Any]) -> str:
    """Return the filters of the list, and what is missing from it."""
    return " · ".join(filter(None, [frames.selection(frame), frames.lacking(facts)]))


def _png(drawing: str) -> bytes:
    extras.load("png", "A chart as PNG")
    from zenpro_nb.pictures.png import png  # matplotlib is large

    return png(drawing)

"""The `zirconkit` command: argument parsing only, the work is done by the modules above."""

import argparse
import errno
import signal

from zirconkit import __version__
from zirconkit.messages import own_warnings, say

__all__ = ["main"]


def main(argv=None):
    """Run one command: the words after `zirconkit`, by default those of the command line.

    Returns
    -------
    int
        Exit status: 0 if all went well, 1 with one sentence on standard error if not, 130 when interrupted. Wrong usage
        leaves by SystemExit(2), argparse's own way.
    """
    args = _parser().parse_args(argv)
    if argv is None:
        for number in (signal.SIGINT, signal.SIGTERM):  # however it is stopped, it tidies up
            signal.signal(number, signal.default_int_handler)
    try:
        with own_warnings():
            return args.do(args)
    except KeyboardInterrupt:
        say("interrupted; what was finished is complete, nothing is half-written")
        return 130
    except Exception as error:
        if args.debug:
            raise
        say(_sentence(error))
        return 1


def _sentence(error):
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # of a library, which does not say where
        return "there is no room left on the disk: make some; what was written before is untouched"
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, (OSError, ValueError)):
        return text
    return f"{type(error).__name__}: {text} (not foreseen; --debug shows where)"


def _parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")
    parser = argparse.ArgumentParser(prog="zirconkit", description="What machine learning can see in a mineral.")
    parser.add_argument("--version", action="version", version=f"zirconkit {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(do, text):
        command = commands.add_parser(do.__name__.strip("_"), parents=[common], help=text)
        command.set_defaults(do=do)
        return command.add_argument

    _add_for_the_course(add)
    _add_for_samples(add)
    _add_out_of_the_lab(add)
    _add_for_lecturers(add)
    return parser


def _add_for_the_course(add):
    """What runs notebooks, and what they rest on."""
    add(_doctor, "what works here, what doesn't, and the fix")
    argument = add(_fetch, "download the paper's 14 mounts, or other real data, and check them")
    argument(
        "names",
        nargs="*",
        type=_data_set,
        metavar="NAME",
        help="quellaveco (default), thin_sections, rockjock, eds, ...",
    )
    argument("--to", metavar="DIR", help="where to (default: the cache, where notebooks find them)")
    argument = add(_run, "run the notebooks of the course")
    argument("notebooks", nargs="*", metavar="NN", help="numbers of notebooks (default: all)")
    argument("--data", default="synthetic", help="synthetic, quellaveco or a folder of mounts")
    argument("--profile", choices=("quick", "lesson", "full"), default="lesson")
    argument("--jobs", type=_positive, default=1, metavar="N", help="notebooks at a time")
    argument("--out", metavar="DIR", required=True, help="gets the notebooks, pages and report.json")
    argument = add(_sweep, "train many configurations, with several seeds and folds, into one table")
    argument("config", metavar="CONFIG", help="a TOML file, or regularization, five_folds, hyperparameters")
    argument("--out", metavar="DIR", required=True, help="gets results.csv and curves.csv; a second call goes on")
    argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, tcp://HOST:8786 (default: this machine)")
    argument("--jobs", type=_positive, metavar="N", help="trainings at a time on this machine (default: all cores)")
    argument = add(_cache, "show how much is kept on disk: pretrained networks' features, outlines of mounts")
    argument("--clear", action="store_true", help="delete it; it can be computed again")


def _add_for_samples(add):
    """What reads images, patterns and spectra."""
    argument = add(_segment, "cut mounts into grains, or tell the phases of a thin section apart")
    argument("images", nargs="+", metavar="IMAGE", help="an image, a folder of images, or a pattern like '*.tif'")
    argument("--method", choices=("published", "watershed", "network"), help="default: watershed; of phases: network")
    argument("--task", choices=("grains", "phases"), default="grains")
    argument("--xpl", metavar="FILE", help="of phases: the same field between crossed polarizers")
    argument("--weights", metavar="FILE", help="of the network (.npz; default: those that come with the kit)")
    argument("--um-per-px", type=_scale, metavar="X", help="micrometres per pixel (default: as the file says)")
    argument("--page", type=_positive, metavar="N", help="of files with several pages (default: the first)")
    argument("--invert", action="store_true", help="the background is the bright phase")
    argument("--spectra", metavar="FILE", help="X-ray spectra of the mount: leaves out, with a flag, what is no zircon")
    argument("--out", metavar="DIR", required=True, help="gets a folder an image; a second call goes on")
    _add_for_many(argument)
    argument = add(_phases, "name the minerals in powder patterns, and say how much of each")
    argument("patterns", nargs="*", metavar="PATTERN", help="a file, a folder, a pattern like '*.xy', or a list (.txt)")
    argument("--elements", type=_elements, metavar="Fe,S,...", help="what the sample is made of, beside H, C and O")
    argument("--wavelength", type=_wavelength, metavar="X", help="Co, Mo, ... or Å, where a file does not say (Cu)")
    argument("--out", metavar="DIR", help="gets phases.csv, phases.html and a figure a pattern")
    argument("--list", action="store_true", help="print the names that it can give")
    _add_for_many(argument)
    argument = add(_minerals, "name minerals by their X-ray spectra")
    argument(
        "spectra",
        nargs="*",
        metavar="SPECTRUM",
        help="a spectrum (EMSA/MAS, .csv), a table of analyses (.csv), a folder or '*.msa'",
    )
    argument("--out", metavar="DIR", help="gets minerals.csv, lines.csv and a figure for each spectrum")
    argument("--list", action="store_true", help="the minerals that can be named")


def _add_for_many(argument):
    """Where many files are done."""
    argument("--jobs", type=_positive, metavar="N", help="files at a time on this machine (default: all cores)")
    argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, tcp://HOST:8786 (default: this machine)")


def _add_out_of_the_lab(add):
    """The commands of notebook 16."""
    argument = add(_train, "learn from a folder of images with a sample sheet: a model with a card")
    argument(
        "data", metavar="DATA", help="a folder of images with samples.csv: sample, class, and if you like um_per_px"
    )
    argument("--out", metavar="DIR", required=True, help="gets model.keras, card.md, card.json, grains.csv, grains/")
    argument("--jobs", type=_positive, metavar="N", help="images at a time (default: all cores)")
    argument = add(_classify, "cut images into grains and say of each what it is, of each sample its fractions")
    argument("model", metavar="MODEL", help="model.keras, as train wrote it")
    argument("images", nargs="+", metavar="IMAGE", help="an image, a folder, a pattern, or a list of images (.txt)")
    argument("--um-per-px", type=_scale, metavar="X", help="micrometres per pixel (default: as the file says)")
    argument("--out", metavar="DIR", required=True, help="gets grains.csv, fractions.csv, a page an image")
    _add_for_many(argument)

    argument = add(_export, "take a model to other machines, or to a page that needs no network")
    argument("model", metavar="MODEL", help="model.keras, as train wrote it")
    argument("--to", choices=("onnx", "litert", "page"), required=True)
    argument("--quantize", action="store_true", help="8-bit weights: smaller, and a little less exact")
    argument("--out", metavar="DIR", required=True, help="gets model.onnx, model.tflite or index.html; export.json")
    argument = add(_watch, "is what comes in still what it was? exit status 3 if it has drifted")
    argument("reference", metavar="REFERENCE", help="a folder that segment or classify wrote")
    argument("new", nargs="+", metavar="NEW", help="such folders, in the order of time")
    argument("--rate", type=_rate, default=0.01, metavar="R", help="false alarms for each batch (default: 0.01)")
    argument("--out", metavar="DIR", required=True, help="gets watch.json, batches.csv and index.html")


def _add_for_lecturers(add):
    """The commands of those who teach."""
    argument = add(_handout, "what a lecturer hands out, and collects (see the README)")
    argument("--out", metavar="DIR", required=True, help="gets a folder for each set, and a course for nbgrader")
    argument("--for", dest="audience", choices=("students", "solutions", "lecturers"), help="default: all three")
    argument("--core", action="store_true", help="leave the depth out")
    argument("--notebooks", nargs="+", default=[], metavar="NN", help="numbers of notebooks (default: all)")
    argument("--students", metavar="CSV", help="a roster: each student gets other grains and other numbers")
    argument("--collect", metavar="FOLDER", help="a folder for each student: one table of the class, in DIR")
    argument = add(_slides, "write slides of the notebooks, a page each that needs no network")
    argument("notebooks", nargs="*", metavar="NN", help="numbers of notebooks (default: all)")
    argument("--out", metavar="DIR", required=True, help="gets NN_topic.html; open it in any browser")
    argument = add(_challenge, "grow a challenge set with hidden answers, or score what came in")
    what = argument.__self__.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", metavar="DIR", help="gets DIR/students and DIR/lecturer")
    what.add_argument("--score", nargs="+", metavar="HAND_IN", help="folders with grains.csv and shares.csv")
    argument("--answers", metavar="DIR", help="with --score: the folder DIR/lecturer")
    argument("--seed", type=_positive, metavar="N", help="whoever knows it knows the answers (default: drawn)")
    argument("--mounts", type=_positive, default=6, metavar="N", help="how many (default: 6)")


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _data_set(text):
    from zirconkit.files import SETS

    names = ("quellaveco", *SETS)
    if text not in names:
        raise argparse.ArgumentTypeError(f"there is no {text}: there are {', '.join(names)}")
    return text


def _scale(text):
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of micrometres per pixel")
    return value


def _rate(text):
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is no rate of false alarms between 0 and 0.5")
    return value


def _elements(text):
    return [word.strip() for word in text.split(",") if word.strip()]


def _wavelength(text):
    from zirconkit.diffraction import reading

    try:
        return reading.wavelength_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _doctor(args):
    from zirconkit.course import doctor

    checks = doctor.checks()
    print(doctor.table(checks))
    return int(any(check.status == "fail" for check in checks))


def _fetch(args):
    from zirconkit import files

    for name in args.names or ["quellaveco"]:
        if name == "quellaveco":
            paths = files.fetch(args.to)
            print(f"{len(paths)} mounts, verified, in {paths[0].parent}")
        else:
            folder, count = files.fetch_set(name, args.to)
            print(f"{count} files of {name}, verified, in {folder}")
    return 0


def _segment(args):
    return _segment_phases(args) if args.task == "phases" else _segment_grains(args)


def _segment_phases(args):
    from pathlib import Path

    from zirconkit.files import DiskFull
    from zirconkit.mounts import image_files
    from zirconkit.segmentation.files import output_names
    from zirconkit.thin_sections import segment_field

    paths = image_files(args.images)
    if args.method not in (None, "network"):
        raise ValueError(f"phases are told apart by --method network, not by {args.method}")
    if args.page or args.invert:
        raise ValueError("--page and --invert are for grain mounts, not for --task phases")
    if args.xpl and len(paths) > 1:
        raise ValueError(f"--xpl {args.xpl} belongs to one field, and {len(paths)} are named: segment one at a time")
    failures = 0
    for path, name in zip(paths, output_names(paths)):
        try:
            found = segment_field(path, args.xpl, Path(args.out) / name, args.weights, args.um_per_px)
        except Exception as error:
            if args.debug or isinstance(error, DiskFull):
                raise
            say(_sentence(error))
            failures += 1
            continue
        covered = ", ".join(f"{row.phase} {row.area_percent:.0f} %" for row in found.table.itertuples())
        print(f"{path.stem}: {covered} (weights learned from {found.learned_from})")
    return int(failures > 0)


def _segment_grains(args):
    from zirconkit.mounts import image_files
    from zirconkit.segmentation.many import segment_many

    if args.xpl:
        raise ValueError("--xpl goes with --task phases")
    paths = image_files(args.images)
    method = args.method or "watershed"
    more = {"weights": _weights(method, args.weights), "cube": _cube(args.spectra, paths)}
    known = {"um_per_px": args.um_per_px, "page": args.page, "invert": args.invert}
    results = segment_many(paths, args.out, method, args.scheduler, args.jobs, **more, **known)
    return _show(args, results, len(paths), _cut_in_words)


def _show(args, results, total, in_words):
    """A line for each file as it is finished, under a bar; 1 if one of them failed."""
    from tqdm import tqdm

    failures = 0
    for path, found, error in (bar := tqdm(results, total=total, unit="file", disable=None if total > 1 else True)):
        with bar.external_write_mode():
            if error and args.debug:
                raise error
            if error:
                say(_sentence(error))
                failures += 1
            else:
                in_words(path, found)
    return int(failures > 0)


def _cut_in_words(path, found):
    if found["grains"]:
        print(f"{path.stem}: {found['grains']} grains, {found['kept']} kept{_to_look_at(found.get('doubtful'))}")
    else:
        say(f"warning: no grains in {path}")


def _to_look_at(doubtful):
    """The grains whose outline may be wrong, in words; nothing where there is none."""
    return f"; outlines to look at: {', '.join(map(str, doubtful))}" if doubtful else ""


def _weights(method, path):
    """The network's weights from a file, None for those that come with the kit; says which they are."""
    from zirconkit.segmentation.network import WEIGHTS, read_weights

    if path and method != "network":
        raise ValueError(f"--weights goes with --method network, not {method}")
    weights = read_weights(path) if path else None
    if method == "network":
        print(f"weights: {path or f'{WEIGHTS.name}, as it comes with the kit'}")
    return weights


def _cube(file, paths):
    """The spectra that belong to the one mount that is named; None where no file of spectra is."""
    if not file:
        return None
    if len(paths) != 1:
        raise ValueError(f"--spectra belongs to one mount, and {len(paths)} images are named: segment them one by one")
    from zirconkit.spectra import read_cube

    return read_cube(file)


def _phases(args):
    from zirconkit.diffraction import reading, reports
    from zirconkit.synthetic import powder_lines

    if args.list:
        print("\n".join(powder_lines.names()))
        return 0
    if not args.patterns or not args.out:
        raise ValueError("name one or more patterns, and with --out the folder that gets what is found")
    paths = reading.pattern_files(args.patterns)
    known = {"elements": args.elements, "wavelength": args.wavelength}
    results = reports.phases_of_files(paths, args.out, (args.scheduler, args.jobs), **known)
    return _show(args, results, len(paths), lambda path, rows: print(f"{path.name}: {reports.in_words(rows)}"))


def _minerals(args):
    from zirconkit import spectra

    if args.list:
        print("\n".join(spectra.listed()["mineral"]))
        return 0
    if not args.spectra or not args.out:
        raise ValueError("minerals needs a SPECTRUM and --out DIR, or --list")
    paths = spectra.spectrum_files(args.spectra)
    return _show(args, spectra.name_files(paths, args.out), len(paths), _named_in_words)


def _named_in_words(path, answers):
    shown = ", ".join(f"{mineral} {share:.2f}" for mineral, share in answers[:3].items())
    print(f"{path.name}: {shown}")


def _run(args):
    from zirconkit.course import running

    report = running.run(args.notebooks, args.data, args.profile, args.jobs, args.out)
    states = {entry["status"] for entry in report["notebooks"]}
    return int(states - {"ok"} != set())


def _slides(args):
    from zirconkit.course import slides

    written = slides.write(args.out, args.notebooks)
    print(f"{len(written)} {'page' if len(written) == 1 else 'pages'} of slides in {args.out}")
    return 0


def _sweep(args):
    from zirconkit.networks import sweeps

    sweep = sweeps.read(args.config)
    results = sweeps.run(sweep, args.out, args.scheduler, args.jobs or -1)
    line = f"{len(results)} trainings in {args.out}/results.csv"
    diverged = int((results["error"] != "").sum())
    print(f"{line}, {diverged} diverged" if diverged else line)
    return 0


def _train(args):
    from zirconkit.deployment import learning

    card, failures = learning.train(args.data, args.out, args.jobs)
    for error in failures:
        say(_sentence(error))
    print(card["in one sentence"])
    for warning in card["warnings"]:
        print(f"warning: {warning}")
    print(f"the model is {args.out}/model.keras, its card {args.out}/card.md")
    return int(bool(failures))


def _classify(args):
    from zirconkit.deployment.classifying import classify_many
    from zirconkit.mounts import image_files

    paths = image_files(args.images)
    results = classify_many(args.model, paths, args.out, args.scheduler, args.jobs or -1, um_per_px=args.um_per_px)
    return _show(args, results, len(paths), _cut_in_words)


def _export(args):
    from zirconkit.deployment.exporting import export

    report = export(args.model, args.to, args.out, args.quantize)
    size = f"{report['bytes'] / 1000:.0f} kB, {report['ms_per_grain']:.2f} ms a grain"
    print(f"{args.out}: {size}, at most {report['largest_difference']:.1g} off Keras")
    return 0


def _watch(args):
    import json

    from zirconkit.deployment.watching import watch

    report = watch(args.reference, args.new, args.out, args.rate)
    print(json.dumps(report, ensure_ascii=False))
    return 3 if report["drift"] else 0


def _handout(args):
    from zirconkit.course import handouts

    if args.collect:
        handouts.collect(args.collect, args.out)
    else:
        audiences = [args.audience] if args.audience else handouts.AUDIENCES
        handouts.hand_out(args.out, audiences, args.core, args.notebooks, args.students)
    return 0


def _cache(args):
    from zirconkit.networks import cache
    from zirconkit.segmentation import remembered

    for kept, what in ((cache, "features"), (remembered, "outlines and tables of mounts")):
        if args.clear:
            kept.clear()
        count, size = kept.usage()
        print(f"{count} {what}, {size / 1e6:.0f} MB, in {kept.folder()}")
    return 0


def _challenge(args):
    import secrets

    from zirconkit.course import challenge

    if args.out:
        challenge.make(args.out, args.seed or 1 + secrets.randbelow(10**6), args.mounts)
        print(f"{args.out}/students is for your students, {args.out}/lecturer for you alone")
        return 0
    if not args.answers:
        raise ValueError("--score needs --answers: the folder `lecturer` of the challenge")
    failures = 0
    for hand_in in args.score:
        try:
            print(f"{hand_in}: {challenge.in_words(challenge.score(hand_in, args.answers))}")
        except (OSError, ValueError) as error:
            say(_sentence(error))
            failures += 1
    return int(failures > 0)

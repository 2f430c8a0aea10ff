"""Which files and objects of a bucket a command's names mean, and what is reported of those that are not read."""

import pytest

from dashboard.commands.named_files import _is_below, named_files
from dashboard.intake.report import FileRefused
from tests.store.object_server import BUCKET, object_server


@pytest.fixture(scope="module")
def server():
    with object_server() as served:
        yield served


@pytest.fixture
def bucket(server, monkeypatch):
    """A bucket with parts in a folder, beside keys that no reader can name."""
    for name, value in {
        "AWS_ENDPOINT_URL": server.address,
        "AWS_ACCESS_KEY_ID": "hidden",
        "AWS_SECRET_ACCESS_KEY": "hidden",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    for key in ("parts/a.csv", "parts/b.csv", "parts/b.csv.gz", "parts/", "../up.csv", "odd/p[1].csv", "odd//x.csv"):
        server.bucket().put_object(Key=key, Body=key.encode())
    long = f"long/{'x' * 280}.csv"
    server.bucket().put_object(Key=long, Body=b"long")
    return f"s3://{BUCKET}"


def read(names, store):
    with named_files(names, store) as files:
        return [file.read_text() for file in files]


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        ("parts", ["parts/a.csv", "parts/b.csv"]),
        ("parts/", ["parts/a.csv", "parts/b.csv"]),
        ("parts/*.csv", ["parts/a.csv", "parts/b.csv"]),
        ("parts/b.csv.gz", ["parts/b.csv.gz"]),
        ("odd/p[1].csv", ["odd/p[1].csv"]),
        ("long", ["long"]),
    ],
)
def test_a_key_means_its_object_or_the_tables_in_its_folder_whatever_else_the_bucket_holds(
    bucket, tmp_path, key, holds, capsys
):
    assert read([f"{bucket}/{key}"], tmp_path) == holds
    assert ("b.csv.gz" in capsys.readouterr().err) == (key.rstrip("/") == "parts"), "what is left out is named"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("s3://me:hidden@bucket/x", "no key stands before it"),
        ("https://me:hidden@example.org/x.csv", "`coalition fetch`"),
        ("S3://bucket/x", "s3://bucket/key"),
        ("s3://bucket/../x", "an empty step, . or .."),
        ("s3://no-such-bucket/x", "There is no bucket 'no-such-bucket'"),
        (f"s3://{BUCKET}/odd", "holds an object whose key has an empty step"),
        (f"s3://{BUCKET}/parts/none.csv?X-Amz-Signature=hidden", "There is no object"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_without_a_secret(bucket, tmp_path, name, says):
    with pytest.raises(FileRefused) as refused:
        read([name], tmp_path)
    assert says in str(refused.value) and "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "says"), [("403 Forbidden", "refuses the key"), ("503 Slow Down", "cannot be reached (found: 503")]
)
def test_a_store_that_refuses_is_not_taken_for_a_name_that_is_wrong(bucket, server, tmp_path, answer, says):
    server.door = lambda method, key: answer
    try:
        with pytest.raises(FileRefused) as refused:
            read([f"{bucket}/parts"], tmp_path)
    finally:
        server.door = lambda method, key: None
    assert says in str(refused.value)


def test_a_store_on_another_machine_is_not_asked_in_clear(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost.example.org")
    with pytest.raises(FileRefused, match="is not reached by https"):
        read([f"{bucket}/parts"], tmp_path)


def test_what_a_folder_holds_beside_its_tables_is_named_and_not_read(tmp_path, capsys):
    folder = tmp_path / "parts"
    folder.mkdir()
    for name in ("a.csv", "._a.csv", "b.csv.gz", "c.xlsx"):
        (folder / name).write_text(name)
    (folder / "more").mkdir()
    assert read([str(folder)], tmp_path) == ["a.csv"]
    said = capsys.readouterr().err
    assert all(repr(name) in said for name in ("._a.csv", "b.csv.gz", "c.xlsx", "more")) and "'a.csv'" not in said


@pytest.mark.parametrize(
    ("path", "key", "is_named"),
    [
        ("parts/a.csv", "parts", True),
        ("parts/a.CSV", "", True),
        ("a.parquet", "", True),
        ("parts/._a.csv", "parts", False),
        ("parts/notes.docx", "", False),
        ("parts2/a.csv", "parts", False),
        ("parts/a.csv", "part", False),
    ],
)
def test_a_key_names_the_tables_in_its_folder_and_no_key_those_of_the_bucket(path, key, is_named):
    assert _is_below(path, key) == is_named

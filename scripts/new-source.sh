#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Makes a source that builds, passes its tests and reads one number over HTTP: the six steps of CONTRIBUTING.md, to be
changed into what the new source really reads.

Usage: scripts/new-source.sh NAME

  NAME     lower-case letters, digits and underscores, a letter first: it becomes the key in collector.yaml, the table
           NAME_metrics and the folder of the source (order_book: OrderBook)
  --help

Then: UPDATE_DOCS=1 scripts/test.sh --filter UpToDate   for the generated pages.
Ends with 0 when all is made, 1 when there is such a source already, 2 when the name is none.
TEXT
}

fail() {
    printf 'new-source.sh: %s\n' "$2" >&2
    exit "$1"
}

# insert FILE ANCHOR TEXT: puts the text before the first line that begins with the anchor.
insert() {
    grep -q -- "^$2" "$1" || fail 1 "$1 has no line that begins with '$2'; put this in by hand: $3"
    TEXT=$3 ANCHOR=$2 awk 'index($0, ENVIRON["ANCHOR"]) == 1 && !done { print ENVIRON["TEXT"]; done = 1 } { print }' "$1" >"$1.new"
    cat "$1.new" >"$1"
    rm "$1.new"
}

# make FILE: writes standard input to it, with the names put in.
make() {
    mkdir -p "$(dirname "$1")"
    sed -e "s/@slug@/$slug/g" -e "s/@Name@/$name/g" >"$1"
    printf '  %s\n' "${1#"$root"/}"
}

[ $# -eq 1 ] || { usage >&2; exit 2; }
if [ "$1" = --help ] || [ "$1" = -h ]; then
    usage
    exit 0
fi
slug=$1
[[ $slug =~ ^[a-z][a-z0-9]*(_[a-z0-9]+)*$ ]] || fail 2 "'$slug' is no name for a source: lower-case letters, digits and underscores, a letter first."
name=$(printf '%s' "$slug" | awk -F_ '{ for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2) }')
source=$root/collector/Sources/$name
tests=$root/tests/Collector.Sources.Tests/$name
for taken in "$source" "$tests" "$root/schemas/${slug}_metrics.sql" "$root/docs/sources/$slug.md"; do
    [ ! -e "$taken" ] || fail 1 "${taken#"$root"/} is there already; choose another name."
done

echo "new-source.sh: made"
make "$root/schemas/${slug}_metrics.sql" <<'TEXT'
-- What @slug@ tells: one row a reading.
CREATE TABLE IF NOT EXISTS @slug@_metrics (
    timestamp   TIMESTAMP,  -- When the answer was read, UTC.
    @slug@      SYMBOL,     -- Which one: the name in the configuration.
    host        SYMBOL,     -- Its machine.
    env         SYMBOL,     -- Environment: prod, demo, ...
    level       DOUBLE,     -- A value that goes up and down. [gauge @slug@_level]
    event_count LONG,       -- A value that only grows until @slug@ restarts. [counter @slug@_events_total]
    event_count_delta LONG  -- Increase of event_count since the last reading, proof against resets.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, @slug@, host, env);
TEXT
make "$source/${name}Options.cs" <<'TEXT'
using Collector.Settings;
using Collector.Sources.Http;

namespace Collector.Sources.@Name@;

/// <summary>A @slug@ that tells its state at an HTTP address.</summary>
internal sealed record @Name@Options : HttpSourceOptions, IChecked
{
    /// <summary>Where it answers <c>GET</c> with JSON: an http or https address.</summary>
    public required Uri Url { get; init; }

    /// <summary>Bytes of an answer that are read at the most; a longer one is a fault. Default 1 MiB, from 1 KiB to 64 MiB.</summary>
    [Between("1KiB", "64MiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(1);

    public IEnumerable<(string Key, string Problem)> Check() => CredentialFaults();
}
TEXT
make "$source/${name}Source.cs" <<'TEXT'
using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Http;

namespace Collector.Sources.@Name@;

/// <summary>Reads <c>{"level": 1.5, "event_count": 42}</c>: one row of <c>@slug@_metrics</c> a reading. A field that is missing leaves its column out.</summary>
internal sealed class @Name@Source(@Name@Options options, SourceContext context) : ISource, IDisposable
{
    private readonly JsonClient _client = new(options.Url, options.MaxBytes.Bytes, options);
    private readonly Table _table = context.Table("@slug@_metrics", "@slug@", "host", "env");

    public async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await _client.GetAsync(cancellationToken);
        DateTimeOffset now = context.Clock.GetUtcNow();
        var fields = new JsonFields(answer.RootElement, reading);
        double? level = fields.Number("level");
        long? events = fields.Count("event_count");
        if (level is not null || events is not null)
        {
            LineWriter row = reading.Begin(_table, options.Name ?? "default", context.Host, context.Env);
            row.Set(_table["level"], level);
            row.Set(_table["event_count"], events);
            reading.End(row, now);
        }

        if (fields.Problems.Count > 0)
        {
            throw new SourceException(SourceError.Format, $"{_client.Shown} answers with {string.Join("; ", fields.Problems)}");
        }
    }

    public void Dispose() => _client.Dispose();
}
TEXT
make "$tests/${name}SourceTests.cs" <<'TEXT'
using Collector.Sources;
using Collector.Sources.@Name@;

namespace Collector.Tests.Sources.@Name@;

public sealed class @Name@SourceTests
{
    private readonly SourceRoom _room = new();

    [Fact]
    public async Task Read_TwoAnswers_AreRowsAndTheCountersIncrease()
    {
        await using DaemonEndpoint endpoint = await DaemonEndpoint.StartAsync();
        using var source = new @Name@Source(new @Name@Options { Name = "first", Url = endpoint.Url }, _room.Context("@slug@/first"));
        endpoint.Json("""{"level": 1.5, "event_count": 40}""");
        await _room.ReadAsync(source);
        endpoint.Json("""{"event_count": 42}""");

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        WrittenRow row = Assert.Single(rows);
        Assert.Equal(("first", "machine", "test"), (row["@slug@"], row["host"], row["env"]));
        Assert.Equal(("42", "2", null), (row["event_count"], row["event_count_delta"], row["level"]));
    }

    [Fact]
    public async Task Read_AnswerWithoutNumbers_IsNoRow()
    {
        await using DaemonEndpoint endpoint = await DaemonEndpoint.StartAsync();
        using var source = new @Name@Source(new @Name@Options { Url = endpoint.Url }, _room.Context("@slug@/default"));
        endpoint.Json("""{"level": "high"}""");

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal(SourceError.Format, error?.Error);
    }
}
TEXT
make "$root/docs/sources/$slug.md" <<'TEXT'
# Watch a @slug@

    sources:
      @slug@:
        - name: first
          url: http://127.0.0.1:8080/status

Each reading asks the address with `GET` for `{"level": 1.5, "event_count": 42}`, and writes one row of
[`@slug@_metrics`](../tables/@slug@_metrics.md). A field that is missing leaves its column out; an answer with neither is no
row; a field of another type is an error of the source.

| option | default | |
|---|---|---|
| `url` | required | http or https |
| `max_bytes` | 1MiB | a longer answer is a fault |
| `token`, or `username` and `password` | none | best references, such as `env:NAME` |
| `name`, `interval`, `timeout`, `host`, `env` | `default`, 10s, 5s, this machine, the collector's | as for every source |
TEXT

catalog=$root/collector/Sources/SourceCatalog.cs
insert "$catalog" '    ];' "        SourceKind.Of<${name}Options>(\"$slug\", (options, context) => new ${name}Source(options, context)),"
usings=$({ grep '^using ' "$catalog"; echo "using Collector.Sources.$name;"; } | LC_ALL=C sort)
{ printf '%s\n' "$usings"; grep -v '^using ' "$catalog"; } >"$catalog.new"
cat "$catalog.new" >"$catalog"
rm "$catalog.new"
insert "$root/collector.yaml" '# Where rows end up: one store a run.' "  # $slug:
  #   - name: first
  #     url: http://127.0.0.1:8080/status
  #     interval: 10s
  #     timeout: 5s
  #     max_bytes: 1MiB       # a longer answer is a fault
"
insert "$root/CHANGELOG.md" '- ' "- \`sources.$slug\` ([docs](docs/sources/$slug.md)): say here what its users gain."
cat <<TEXT
  and a line each in collector/Sources/SourceCatalog.cs and CHANGELOG.md, an example in collector.yaml

Next: UPDATE_DOCS=1 scripts/test.sh --filter UpToDate    writes docs/tables/${slug}_metrics.md and the editor's schema
      scripts/test.sh --filter Sources.$name              its tests
TEXT

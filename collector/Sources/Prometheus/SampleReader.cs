using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Collector.Sources.Http;

namespace Collector.Sources.Prometheus;

/// <summary>
/// Reads the samples of a page, forward only and without a copy: Prometheus' text format 0.0.4 ("Exposition formats") and
/// OpenMetrics 1.0. What of the two differs in blanks is read as the more generous one has it.
/// </summary>
/// <remarks>
/// <code>
///   # HELP name text          passed over, as are TYPE, UNIT and every comment
///   name{label="value",...} value [timestamp] [# {exemplar's labels} value timestamp]
///   {"quoted name",label="value",...} value [timestamp]
///   # EOF                     OpenMetrics: required, and nothing comes after it
/// </code>
/// The timestamp is in whole milliseconds in the text format and in seconds, fractions allowed, in OpenMetrics.
/// </remarks>
internal ref struct SampleReader
{
    /// <summary>What <see cref="Micros"/> holds where the page gives no timestamp.</summary>
    public const long NoTime = long.MinValue;

    private static readonly SearchValues<byte> Blank = SearchValues.Create(" \t"u8);
    private static readonly SearchValues<byte> TokenEnd = SearchValues.Create(" \t\n"u8);
    private static readonly SearchValues<byte> QuoteOrBrace = SearchValues.Create("\"}"u8);
    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\\n"u8);
    private static readonly SearchValues<byte> NameByte =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:"u8);

    private readonly ReadOnlySpan<byte> _page;
    private readonly bool _isOpenMetrics;
    private int _at;
    private int _lineStart;

    public SampleReader(ReadOnlySpan<byte> page, ExpositionFormat format)
    {
        _page = page;
        _isOpenMetrics = format == ExpositionFormat.OpenMetrics;
    }

    /// <summary>Name and labels of the sample, as written; their inside is not looked at here.</summary>
    public ReadOnlySpan<byte> Series { get; private set; }

    public double Value { get; private set; }

    /// <summary>The sample's timestamp in microseconds since 1970 UTC; <see cref="NoTime"/> where the page gives none.</summary>
    public long Micros { get; private set; }

    /// <summary>Why the page cannot be read on; null where it can, and at its proper end.</summary>
    public string? Fault { get; private set; }

    /// <summary>The line that was read last, from 1. Counts: for messages only.</summary>
    public readonly int Line => 1 + _page[.._lineStart].Count((byte)'\n');

    /// <summary>Goes on to the next sample.</summary>
    /// <returns>False at the end, or at a <see cref="Fault"/>.</returns>
    public bool Read()
    {
        while (Fault is null)
        {
            _lineStart = Math.Min(_at, _page.Length);
            SkipBlanks();
            if (_at >= _page.Length)
            {
                return _isOpenMetrics && Fail("the page ends without # EOF; it was cut short");
            }

            byte first = _page[_at];
            if (first == (byte)'\n')
            {
                _at++;
            }
            else if (first != (byte)'#')
            {
                return ReadSample();
            }
            else if (_isOpenMetrics && IsEnd())
            {
                return false;
            }
            else
            {
                SkipLine();
            }
        }

        return false;
    }

    /// <summary>Whether the <c># EOF</c> of OpenMetrics stands here; a fault where something comes after it.</summary>
    private bool IsEnd()
    {
        ReadOnlySpan<byte> rest = _page[_at..];
        if (!rest.StartsWith("# EOF"u8) || (rest.Length > 5 && rest[5] != (byte)'\n'))
        {
            return false;
        }

        _lineStart = _at = Math.Min(_page.Length, _at + 6);
        if (_at < _page.Length)
        {
            Fail("something comes after # EOF");
        }

        return true;
    }

    private bool ReadSample()
    {
        int start = _at;
        Skip(NameByte);
        int nameEnd = _at;
        SkipBlanks();
        bool hasLabels = _at < _page.Length && _page[_at] == (byte)'{';
        if (nameEnd == start && !hasLabels)
        {
            return Fail("a line begins with neither a metric's name nor #");
        }

        if (!hasLabels)
        {
            _at = nameEnd;
        }
        else if (!SkipLabels())
        {
            return Fail("a label set is not closed");
        }

        Series = _page[start.._at];
        SkipBlanks();
        if (!SampleNumber.TryParse(Token(), out double value))
        {
            return Fail("a sample has no number for its value");
        }

        Value = value;
        SkipBlanks();
        Micros = NoTime;
        if (_at < _page.Length && _page[_at] is not ((byte)'\n' or (byte)'#') && !ReadTime())
        {
            return Fail("a sample's timestamp is none");
        }

        return EndLine();
    }

    private bool ReadTime()
    {
        bool isTime = SampleNumber.TryTime(Token(), _isOpenMetrics, out long micros);
        Micros = micros;
        SkipBlanks();
        return isTime;
    }

    /// <summary>Nothing but the end of the line may follow; in OpenMetrics an exemplar may, which is passed over.</summary>
    private bool EndLine()
    {
        if (_at < _page.Length && _page[_at] == (byte)'#' && _isOpenMetrics)
        {
            SkipLine();
            return true;
        }

        if (_at < _page.Length && _page[_at] != (byte)'\n')
        {
            return Fail("something comes after a sample's value and timestamp");
        }

        _at++;
        return true;
    }

    /// <summary>Passes over a label set, from its opening brace to behind its closing one, which may also stand in a quoted value.</summary>
    private bool SkipLabels()
    {
        for (_at++; ;)
        {
            int found = _page[_at..].IndexOfAny(QuoteOrBrace);
            if (found < 0)
            {
                _at = _page.Length;
                return false;
            }

            _at += found + 1;
            if (_page[_at - 1] == (byte)'}')
            {
                return true;
            }

            if (!SkipQuoted())
            {
                return false;
            }
        }
    }

    /// <summary>Passes over a quoted text to behind its closing quote. Only the text format allows a line's end in it.</summary>
    private bool SkipQuoted()
    {
        while (true)
        {
            int found = _page[_at..].IndexOfAny(QuoteOrEscape);
            if (found < 0 || (_page[_at + found] == (byte)'\n' && _isOpenMetrics))
            {
                return false;
            }

            _at += found + 1;
            if (_page[_at - 1] == (byte)'"')
            {
                return true;
            }

            if (_page[_at - 1] == (byte)'\\' && ++_at > _page.Length)
            {
                _at = _page.Length;
                return false;
            }
        }
    }

    private ReadOnlySpan<byte> Token()
    {
        ReadOnlySpan<byte> rest = _page[Math.Min(_at, _page.Length)..];
        int end = rest.IndexOfAny(TokenEnd);
        ReadOnlySpan<byte> token = end < 0 ? rest : rest[..end];
        _at += token.Length;
        return token;
    }

    private void SkipBlanks() => Skip(Blank);

    private void Skip(SearchValues<byte> passed)
    {
        if (_at < _page.Length)
        {
            int end = _page[_at..].IndexOfAnyExcept(passed);
            _at = end < 0 ? _page.Length : _at + end;
        }
    }

    private void SkipLine()
    {
        int end = _page[_at..].IndexOf((byte)'\n');
        _at = end < 0 ? _page.Length : _at + end + 1;
    }

    [MemberNotNull(nameof(Fault))]
    private bool Fail(string problem)
    {
        Fault = $"line {Line}: {problem}";
        return false;
    }
}

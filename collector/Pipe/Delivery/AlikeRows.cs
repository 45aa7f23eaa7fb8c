using System.Diagnostics.CodeAnalysis;
using Collector.Lines;

namespace Collector.Pipe.Delivery;

/// <summary>Refused rows are alike when nothing that is kept of them differs.</summary>
internal sealed class AlikeRows : IEqualityComparer<RefusedRow>
{
    public static readonly AlikeRows Instance = new();

    public bool Equals(RefusedRow? x, RefusedRow? y) => ReferenceEquals(x, y) || (x is not null && y is not null
        && x.Source == y.Source && x.Fault.Kind == y.Fault.Kind && x.Fault.Message == y.Fault.Message && x.Line.Span.SequenceEqual(y.Line.Span));

    public int GetHashCode([DisallowNull] RefusedRow row)
    {
        var hash = default(HashCode);
        hash.AddBytes(row.Line.Span);
        return hash.ToHashCode();
    }
}

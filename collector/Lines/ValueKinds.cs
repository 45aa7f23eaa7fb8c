namespace Collector.Lines;

/// <summary>What a value is by its form in a line, whatever its column.</summary>
[Flags]
public enum ValueKinds
{
    None = 0,

    /// <summary>In front of the fields, always text.</summary>
    Tag = 1,

    /// <summary><c>"text"</c></summary>
    String = 2,

    /// <summary><c>-12i</c></summary>
    Integer = 4,

    /// <summary><c>0x1fi</c></summary>
    Hex = 8,

    /// <summary><c>1.5</c>, or eight bytes.</summary>
    Double = 16,

    /// <summary><c>t</c>, <c>false</c></summary>
    Boolean = 32,

    /// <summary><c>12t</c>, <c>12n</c>, <c>12m</c></summary>
    Timestamp = 64,

    /// <summary>Dimensions and elements as bytes.</summary>
    Array = 128,

    /// <summary><c>1.25d</c>, or scale and bytes.</summary>
    Decimal = 256,
}

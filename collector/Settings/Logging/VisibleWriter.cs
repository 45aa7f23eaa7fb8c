using System.Text;

namespace Collector.Settings.Logging;

/// <summary>A terminal's writer for whatever may hold foreign text: see <see cref="VisibleText"/>. Line ends and tabs are our own and pass.</summary>
public sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (value is '\n' or '\r' or '\t' || char.IsSurrogate(value))
        {
            inner.Write(value);
        }
        else
        {
            inner.Write(VisibleText.Of(value.ToString()));
        }
    }

    public override void Write(string? value)
    {
        string text = value ?? "";
        for (int from = 0; from < text.Length;)
        {
            int end = text.AsSpan(from).IndexOfAny('\n', '\r', '\t') is >= 0 and int length ? from + length : text.Length;
            inner.Write(VisibleText.Of(text[from..end], int.MaxValue));
            from = end;
            if (from < text.Length)
            {
                inner.Write(text[from++]);
            }
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value)
    {
        Write(value);
        inner.WriteLine();
    }

    public override void WriteLine() => inner.WriteLine();

    public override void Flush() => inner.Flush();

    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }
}

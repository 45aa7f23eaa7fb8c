using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Demo.Exchanges;

/// <summary>A connection's bytes, which wait while the venue does not read: ping frames too, which no session sees.</summary>
internal sealed class GatedReader(PipeReader inner, VenueBehaviour behaviour, CancellationToken closed) : PipeReader
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(10);

    /// <summary>Puts a connection's input behind the gate.</summary>
    public static void Guard(ConnectionContext connection, VenueBehaviour behaviour) =>
        connection.Transport = new Pipes(new GatedReader(connection.Transport.Input, behaviour, connection.ConnectionClosed), connection.Transport.Output);

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result = await inner.ReadAsync(cancellationToken);
        while (!behaviour.Reads && !closed.IsCancellationRequested)
        {
            await Task.Delay(Again, TimeProvider.System, CancellationToken.None);
        }

        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return behaviour.Reads && inner.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

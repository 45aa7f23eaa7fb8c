using Collector.Pipe.Spool;

namespace Collector.Pipe.Delivery;

/// <content>Reading the batch, within the memory that all tables share.</content>
internal sealed partial class LaneSide
{
    /// <summary>What of the shared memory is this side's.</summary>
    private long _taken;

    private bool _cannotRead;

    /// <summary>Takes the next batch once there is room for it; false when there is nothing to read now.</summary>
    /// <param name="isLarge">As large a batch as a backlog allows, else one of the usual size.</param>
    public async ValueTask<bool> ReadAsync(SpoolReader reader, bool isLarge, CancellationToken stopping)
    {
        await TakeRoomAsync(Most(isLarge), stopping);
        bool isRead = Read(reader, isLarge, out Exception? unreadable);
        if (unreadable is not null)
        {
            Halt(Unreadable(unreadable));
        }
        else if (_cannotRead)
        {
            Resume();
        }

        _cannotRead = unreadable is not null;
        return isRead;
    }

    /// <summary>As <see cref="ReadAsync"/>; false also when there is no room, or the disk gives nothing, now: the other side reads on.</summary>
    public bool TryRead(SpoolReader reader, bool isLarge)
    {
        if (!room.TryTake(Most(isLarge)))
        {
            return false;
        }

        _taken = Most(isLarge);
        return Read(reader, isLarge, out _);
    }

    private long Most(bool isLarge) => isLarge ? options.BacklogBytes.Bytes : options.BatchBytes.Bytes;

    private async ValueTask TakeRoomAsync(long bytes, CancellationToken stopping)
    {
        await room.TakeAsync(bytes, stopping);
        _taken = bytes;
    }

    private bool Read(SpoolReader reader, bool isLarge, out Exception? unreadable)
    {
        bool isRead = false;
        unreadable = null;
        try
        {
            isRead = reader.Read(_batch, isLarge ? options.BacklogRows : options.BatchRows, (int)Most(isLarge));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            unreadable = exception;
        }

        if (isRead)
        {
            room.Change(_taken, _batch.Lines.Length);
            _taken = _batch.Lines.Length;
        }
        else
        {
            LetGo();
        }

        return isRead;
    }

    /// <returns>False when the collector stops meanwhile.</returns>
    private async Task<bool> ReadAgainAsync(IdRange ids, int bytes, CancellationToken draining, CancellationToken stopping)
    {
        while (true)
        {
            LetGo();
            await TakeRoomAsync(bytes, stopping);
            try
            {
                log.ReadAgain(_batch, ids, bytes);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (!await LetGoAndWaitAsync(Unreadable(exception), draining))
                {
                    return false;
                }
            }
        }
    }

    private Task<bool> LetGoAndWaitAsync(string halted, CancellationToken draining)
    {
        LetGo();
        return WaitAsync(halted, draining);
    }

    /// <summary>The batch's memory is for others; which records it holds is still known.</summary>
    private void LetGo()
    {
        _batch.LetGo();
        room.Give(_taken);
        _taken = 0;
    }

    private static string Unreadable(Exception exception) => $"its rows on disk cannot be read now: {exception.Message}";
}

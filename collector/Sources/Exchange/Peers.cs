namespace Collector.Sources.Exchange;

/// <summary>One channel of one exchange, as its peers see it.</summary>
internal interface IPeer
{
    string Exchange { get; }

    string Channel { get; }

    /// <summary>Whether it is connected and its venue open, so that its silence means something.</summary>
    bool CanSpeak { get; }

    /// <summary>Whether it has been silent for longer than it may be.</summary>
    bool IsSilent { get; }
}

/// <summary>All configured exchanges' channels. When a whole market is silent, no venue of it is mute.</summary>
internal sealed class Peers
{
    private readonly Lock _gate = new();
    private IPeer[] _all = [];

    public void Join(IPeer peer)
    {
        lock (_gate)
        {
            _all = [.. _all, peer];
        }
    }

    public void Leave(IPeer peer)
    {
        lock (_gate)
        {
            _all = [.. _all.Where(other => other != peer)];
        }
    }

    /// <summary>Whether every peer that can speak is silent too. Where there is none, nobody tells.</summary>
    public bool AreSilentToo(IPeer one)
    {
        IPeer[] speaking = [.. Volatile.Read(ref _all).Where(peer => peer.Channel == one.Channel && peer.Exchange != one.Exchange && peer.CanSpeak)];
        return speaking.Length > 0 && Array.TrueForAll(speaking, peer => peer.IsSilent);
    }
}

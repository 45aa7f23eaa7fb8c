using Collector.Pipe.Spool;

namespace Collector.FaultTests.Feeding;

/// <summary>What a feeder is told at its start.</summary>
/// <param name="Folder">Of the spool and the quarantine.</param>
/// <param name="Url">Of QuestDB, or of what stands before it.</param>
/// <param name="Seed">Decides sizes, pauses and which rows are bad.</param>
/// <param name="EpochMicros">The time of row 0; row n is n ms later.</param>
/// <param name="Next">The number of the next row, by table.</param>
/// <param name="Fsync">The spool's mode.</param>
/// <param name="ClockAhead">Seconds by which the clock is ahead at the start.</param>
/// <param name="ForgetsOneIn">One append in this many is told of and not made: a fault that the oracle has to find. 0: none.</param>
internal sealed record FeederSetup(
    string Folder, Uri Url, int Seed, long EpochMicros, IReadOnlyDictionary<string, long> Next, FsyncMode Fsync, double ClockAhead, int ForgetsOneIn);

-- A daemon that fetches market data: does it run, what has it done, what does it cost its machine.
-- One row per poll. While it does not answer, a row holds state, running and downtime, and no counters.
CREATE TABLE IF NOT EXISTS daemon_metrics (
    timestamp               TIMESTAMP,  -- When the answer was read, UTC.
    daemon                  SYMBOL,     -- The daemon's name in the configuration.
    host                    SYMBOL,     -- The machine it runs on.
    env                     SYMBOL,     -- Environment: prod, demo, ...
    running                 BOOLEAN,    -- It answered, and said that it runs. [gauge daemon_running]
    state                   SYMBOL,     -- running, stopped, unreachable, unknown (it answers, and does not say whether it runs) or retired.
    uptime_seconds          DOUBLE,     -- Time since its start. [gauge daemon_uptime_seconds, unit s]
    downtime_seconds        DOUBLE,     -- Time since it last answered that it runs; absent while it does. [gauge daemon_downtime_seconds, unit s]
    cpu_percent             DOUBLE,     -- Processor time per second since the last reading; one core is 100 percent, or 1. [gauge daemon_cpu_ratio, unit percent]
    fetch_count             LONG,       -- Fetches since its start. [counter daemon_fetches_total]
    fetch_count_delta       LONG,       -- Increase of fetch_count since the last reading, proof against resets.
    error_count             LONG,       -- Errors since its start. [counter daemon_errors_total]
    error_count_delta       LONG,       -- Increase of error_count since the last reading, proof against resets.
    liquidation_count       LONG,       -- Liquidations seen since its start. [counter daemon_liquidations_total]
    liquidation_count_delta LONG,       -- Increase of liquidation_count since the last reading, proof against resets.
    restart_count           LONG,       -- Restarts that it reports, else that the collector saw. [counter daemon_restarts_total]
    restart_count_delta     LONG,       -- Increase of restart_count since the last reading.
    memory_bytes            LONG,       -- Resident memory. [gauge daemon_memory_bytes, unit bytes]
    thread_count            LONG,       -- Threads. [gauge daemon_threads]
    open_files              LONG,       -- Open file descriptors. [gauge daemon_open_files]
    last_fetch_at           TIMESTAMP,  -- Its last fetch. [gauge daemon_last_fetch_timestamp_seconds]
    last_error_at           TIMESTAMP,  -- When error_count was last seen to grow. [gauge daemon_last_error_timestamp_seconds]
    last_error              VARCHAR     -- The text of its last error.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, daemon, host, env);

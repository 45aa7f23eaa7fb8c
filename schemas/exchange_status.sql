-- A connection to an exchange: is it open, does it speak, how far behind is it.
-- One row an interval and channel. A value that the venue gives no means to measure is absent.
CREATE TABLE IF NOT EXISTS exchange_status (
    timestamp             TIMESTAMP,  -- When the connection was looked at, UTC.
    exchange              SYMBOL,     -- The exchange or venue, as configured.
    channel               SYMBOL,     -- The subscription, such as trades or ticker.
    host                  SYMBOL,     -- The machine that holds the connection.
    env                   SYMBOL,     -- Environment: prod, demo, ...
    connected             BOOLEAN,    -- The socket is open and answers. [gauge exchange_connected]
    mute                  BOOLEAN,    -- Connected, and silent for longer than it may be. [gauge exchange_mute]
    state                 SYMBOL,     -- connecting, connected, mute, disconnected or retired.
    latency_ms            DOUBLE,     -- Round trip by the venue's own request and reply. [gauge exchange_latency_seconds, unit ms]
    feed_delay_ms         DOUBLE,     -- From event to arrival, corrected by the clock skew. [gauge exchange_feed_delay_seconds, unit ms]
    clock_skew_ms         DOUBLE,     -- The venue's clock minus this machine's. [gauge exchange_clock_skew_seconds, unit ms]
    clock_error_ms        DOUBLE,     -- Uncertainty of the clock skew, to either side. [gauge exchange_clock_error_seconds, unit ms]
    downtime_seconds      DOUBLE,     -- Time since the connection was lost; absent while it stands. [gauge exchange_downtime_seconds, unit s]
    message_count         LONG,       -- Messages received since the start, replies to pings left out. [counter exchange_messages_total]
    message_count_delta   LONG,       -- Increase of message_count since the last reading, proof against resets.
    reconnect_count       LONG,       -- Connections made again since the start. [counter exchange_reconnects_total]
    reconnect_count_delta LONG,       -- Increase of reconnect_count since the last reading, proof against resets.
    rate_limit_used       LONG,       -- Requests counted against the rate limit. [gauge exchange_rate_limit_used]
    rate_limit_limit      LONG,       -- Requests that the rate limit allows. [gauge exchange_rate_limit_limit]
    last_message_at       TIMESTAMP,  -- The last message that held data. [gauge exchange_last_message_timestamp_seconds]
    disconnected_at       TIMESTAMP,  -- When the connection was lost; absent while it stands. [gauge exchange_disconnected_timestamp_seconds]
    error                 VARCHAR     -- What ended the last connection, while none stands; or what the venue refuses.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, exchange, channel, host, env);

%% A BEAM with a large crash dump: many messages and lists, or many processes.
-module(lab_crowd).
-export([main/1, idle/0, sink/0]).

main(["messages", Count]) ->
    Sink = spawn(?MODULE, sink, []),
    register(event_sink, Sink),
    [Sink ! {'$gen_cast', {log_event, Row, <<"0123456789">>, [a, b, {Row, c}]}} || Row <- lists:seq(1, list_to_integer(Count))],
    erlang:garbage_collect(),
    erlang:halt("lab crowd");
main(["processes", Count]) ->
    [proc_lib:spawn(?MODULE, idle, []) || _ <- lists:seq(1, list_to_integer(Count))],
    timer:sleep(1000),
    erlang:garbage_collect(),
    erlang:halt("lab crowd").

sink() -> receive never -> ok end.
idle() -> receive stop -> ok end.

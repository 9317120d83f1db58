%% The back end of OTP's crashdump_viewer without its window: reads a dump and counts its processes.
-module(viewer).
-export([main/1]).

main([File]) ->
    {ok, _} = crashdump_viewer:start_link(),
    ok = crashdump_viewer:read_file(File),
    {ok, Processes, _} = crashdump_viewer:processes(),
    io:format("~p~n", [length(Processes)]),
    halt(0).

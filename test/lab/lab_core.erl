%% What makes a real BEAM a stand-in for NSO's core: it takes and gives back memory on a test's command.
%% Started by the boot file ncs.boot, so that the command line is NSO's alone. In test/host it is a part of host_core.
-module(lab_core).
-export([make_boot/2, make_boot/3, start/0, prepare/0, obey/2]).

-define(MIB, 1048576).

make_boot(Source, Target) ->
    make_boot(Source, Target, ?MODULE).

%% Writes Target: the boot file Source with this module's directory in the path and Module:start() at the end.
make_boot(Source, Target, Module) ->
    {ok, Boot} = file:read_file(Source),
    {script, Id, Commands} = binary_to_term(Boot),
    Lab = [{path, ["$ROOT/lab" | last_path(Commands)]}, {apply, {Module, start, []}}],
    {Before, Last} = lists:split(length(Commands) - 1, Commands),
    ok = file:write_file(Target, term_to_binary({script, Id, Before ++ Lab ++ Last})).

last_path(Commands) ->
    lists:last([Path || {path, Path} <- Commands]).

%% Listens on the socket that LAB_CORE_SOCKET names; without it this is a BEAM that does nothing.
start() ->
    case os:getenv("LAB_CORE_SOCKET") of
        false -> ok;
        Path -> spawn(fun() -> serve(Path) end), ok
    end.

serve(Path) ->
    prepare(),
    Options = [{ifaddr, {local, Path}}, binary, {packet, line}, {active, false}],
    {ok, Listen} = gen_tcp:listen(0, Options),
    {ok, Socket} = gen_tcp:accept(Listen),
    loop(Socket, []).

%% By the process that obeys, before its first command.
prepare() ->
    persistent_term:put(lab_piece, binary:copy(<<90>>, ?MIB div 16)),
    lab_memory = ets:new(lab_memory, [named_table, ordered_set]).

%% One command a line, one answer a line. When the test goes away, so does this BEAM.
loop(Socket, Held) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Line} ->
            {Answer, Next} = obey(string:lexemes(Line, " \n"), Held),
            ok = gen_tcp:send(Socket, [Answer, "\n"]),
            loop(Socket, Next);
        {error, _} ->
            halt(0)
    end.

obey([<<"grow">>, Where, Rate, Mib], Held) ->
    Pieces = binary_to_integer(Mib),
    Start = erlang:monotonic_time(microsecond),
    Next = grow(Where, 0, Pieces, binary_to_integer(Rate), Start, Held),
    {[<<"held ">>, Mib], Next};
obey([<<"free">>], Held) ->
    [Pid ! free || Pid <- Held, is_pid(Pid)],
    ets:delete_all_objects(lab_memory),
    erlang:garbage_collect(),
    {<<"freed">>, []};
obey([<<"ping">>], Held) ->
    {<<"pong">>, Held}.

%% One MiB at a time, waiting where the clock is behind the rate.
grow(_, Done, Pieces, _, _, Held) when Done >= Pieces ->
    Held;
grow(Where, Done, Pieces, Rate, Start, Held) ->
    DueAt = Start + Done * 1000000 div Rate,
    timer:sleep(max(0, (DueAt - erlang:monotonic_time(microsecond)) div 1000)),
    grow(Where, Done + 1, Pieces, Rate, Start, take(Where, Held)).

%% In a table the crash dump says only its size, so that the dump takes a second.
take(<<"table">>, Held) ->
    ets:insert(lab_memory, {erlang:unique_integer(), mib()}),
    Held;
%% Held by a process, each byte is written into the dump: 1 GB takes about a minute.
take(<<"process">>, Held) ->
    [mib() | Held];
%% A heap of its own of 65,536 list cells, which is 1 MiB.
take(<<"heap">>, Held) ->
    Owner = self(),
    Pid = spawn(fun() -> hold(Owner, lists:seq(1, 65536)) end),
    receive
        {holding, Pid} -> [Pid | Held]
    end.

%% From a piece: byte by byte it would take longer than the kernel to find the memory.
mib() -> binary:copy(persistent_term:get(lab_piece), 16).

hold(Owner, List) ->
    Owner ! {holding, self()},
    receive
        free -> length(List)
    end.

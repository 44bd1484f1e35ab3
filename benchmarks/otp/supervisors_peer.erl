%% What supervisor_bench measures, done by OTP's supervisor, whose reports nobody prints. Told on
%% standard input, a line each, answered with a line when it is done:
%%   start WIDTH...     a tree: "10" has ten workers, "100 100" a hundred supervisors of a hundred
%%   restart TIMES      so often a worker is killed, each when the one before is there again
%%   storm              all workers are killed; until all are there again
%%   stop               the tree, if there is one
-module(supervisors_peer).
-behaviour(supervisor).
-export([main/0, init/1, start_worker/1, worker/1]).

main() ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    loop(none, []).

loop(Top, Workers) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            [What | Numbers] = string:lexemes(string:trim(Line), " "),
            {NewTop, Now} = run(What, [list_to_integer(N) || N <- Numbers], Top, Workers),
            io:put_chars("done\n"),
            loop(NewTop, Now)
    end.

run("start", Widths, none, _) ->
    {ok, Top} = supervisor:start_link(?MODULE, {self(), Widths}),
    {Top, born(lists:foldl(fun erlang:'*'/2, 1, Widths))};
run("restart", [Times], Top, [First | Others]) ->
    {Top, [restart(Times, First) | Others]};
run("storm", [], Top, Workers) ->
    [exit(P, kill) || P <- Workers],
    {Top, born(length(Workers))};
run("stop", [], none, []) ->
    {none, []};
run("stop", [], Top, _) ->
    exit(Top, shutdown),
    receive {'EXIT', Top, _} -> {none, []} end.

restart(0, Worker) -> Worker;
restart(Left, Worker) ->
    exit(Worker, kill),
    [Next] = born(1),
    restart(Left - 1, Next).

born(Count) -> [receive {born, P} -> P end || _ <- lists:seq(1, Count)].

init({Hears, [Width]}) ->
    children(Width, worker, {?MODULE, start_worker, [Hears]});
init({Hears, [Width | Below]}) ->
    children(Width, supervisor, {supervisor, start_link, [?MODULE, {Hears, Below}]}).

children(Width, Type, Start) ->
    {ok, {#{intensity => 10000000, period => 1},
          [#{id => I, type => Type, start => Start} || I <- lists:seq(1, Width)]}}.

start_worker(Hears) -> proc_lib:start_link(?MODULE, worker, [Hears]).

worker(Hears) ->
    Hears ! {born, self()},
    proc_lib:init_ack({ok, self()}),
    receive stop -> ok end.

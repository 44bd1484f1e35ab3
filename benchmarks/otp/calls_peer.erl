%% What calls_bench measures, done by OTP's gen_server. Told on standard input, a line each, answered
%% with a line when it is done:
%%   CALLERS CALLS      so many processes call one server so often each, each call when the one
%%                      before is answered
-module(calls_peer).
-behaviour(gen_server).
-export([main/0, init/1, handle_call/3, handle_cast/2]).

main() ->
    {ok, Server} = gen_server:start_link(?MODULE, [], []),
    loop(Server).

loop(Server) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            [Callers, Calls] = [list_to_integer(W) || W <- string:lexemes(string:trim(Line), " ")],
            Monitors = [spawn_monitor(fun() -> call(Server, Calls) end)
                        || _ <- lists:seq(1, Callers)],
            [receive {'DOWN', M, process, P, normal} -> ok end || {P, M} <- Monitors],
            io:put_chars("done\n"),
            loop(Server)
    end.

call(_, 0) -> ok;
call(Server, Left) ->
    Left = gen_server:call(Server, Left, 60000),
    call(Server, Left - 1).

init([]) -> {ok, []}.
handle_call(Number, _From, State) -> {reply, Number, State}.
handle_cast(_, State) -> {noreply, State}.

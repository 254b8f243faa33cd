# shellcheck shell=bash
# For the scripts that judge the running service: starts $1 on a free port with its data under $2, and sets `service`, its
# process, and `address`.
serving() {
    "$1" serve --listen 127.0.0.1:0 --data-dir "$2/data" >"$2/serve" 2>&1 &
    # shellcheck disable=SC2034 # the caller ends it
    service=$!
    for _ in $(seq 100); do
        address=$(sed -n 's|^listening on \(http://.*\)$|\1|p' "$2/serve")
        [ -z "$address" ] || return 0
        sleep 0.1
    done
    cat "$2/serve" >&2
    return 1
}

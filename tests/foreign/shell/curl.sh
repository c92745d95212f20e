# curl.sh <url> <mode>: `curl -N` does not come back by itself. What a script needs to miss nothing is this loop.
url=$1 mode=$2
place=$(mktemp)
trap 'rm -f "$place"' EXIT

# A JSON line for each whole event; keeps the cursor of the last one.
events() {
  name= id= data=
  while IFS= read -r line; do
    case $line in
      "event: "*) name=${line#event: } ;;
      "id: "*) id=${line#id: } ;;
      "data: "*) data=${line#data: } ;;
      "") [ -n "$id" ] && echo "$id" > "$place"
          [ -n "$data" ] && printf '{"name":"%s","id":"%s","data":%s}\n' "$name" "$id" "$data"
          name= data= ;;
      "status: "*) status=${line#status: }
          case $status in 200 | 000 | 429 | 5??) ;; *) echo "{\"over\":$status}"; return 1 ;; esac ;;
    esac
  done
}

once() { curl -sN -H "Last-Event-ID: $(cat "$place")" -w '\nstatus: %{http_code}\n' "$url"; }

if [ "$mode" = plain ]; then
  once | events
else
  while once | events; do sleep 1; done
fi

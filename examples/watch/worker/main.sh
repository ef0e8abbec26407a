while :; do
  echo "working"
  sleep 2
done

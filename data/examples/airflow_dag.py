"""Judge new batches of live data every morning. Exit 1 (an alert opened) fails the task; exit 3 (store busy) is tried again."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="golive_monitor",
    schedule="30 6 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # the monitor itself takes every batch that is new
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
):
    BashOperator(
        task_id="monitor",
        bash_command="golive monitor run /etc/golive/monitor.yaml --fail-on new --wait 300",
        env={"GOLIVE_HOME": "/var/lib/golive"},
        append_env=True,
    )

// @ts-check
/** The configuration of the emulated cluster; everything that a real one sets otherwise is there to save time. */

export const nodes = ['n1', 'n2', 'n3', 'n4']; // one more than tasks at a time, for one that has lost its own

/**
 * Returns the text of slurm.conf. Two partitions hold all nodes: jobs of `high` preempt those of `low`.
 *
 * @param {string} folder @param {number} port  of slurmctld; the nodes have the next ones
 */
export function configuration(folder, port) {
  const names = nodes.join(',');
  return `ClusterName=proof
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/sock,cred_expire=5
StateSaveLocation=${folder}/state
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdSpoolDir=${folder}/spool-%n
TmpFS=${folder}/tmp-%n
SlurmdPidFile=${folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
ReturnToService=2
KillWait=20
SlurmdTimeout=10
MinJobAge=3600
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
${nodes.map((node, i) => `NodeName=${node} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${port + 1 + i} CPUs=2`).join('\n')}
PartitionName=low Nodes=${names} Default=YES PriorityTier=1 PreemptMode=REQUEUE MaxTime=INFINITE State=UP
PartitionName=high Nodes=${names} PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE State=UP
`;
}

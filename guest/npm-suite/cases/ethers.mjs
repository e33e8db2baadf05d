import { AbiCoder, formatEther, getAddress, HDNodeWallet, id, Interface, Mnemonic, parseUnits, verifyMessage, Wallet } from 'ethers';
const wallet = new Wallet(`0x${'11'.repeat(32)}`);
const signature = await wallet.signMessage('hello');
console.log(wallet.address, signature, verifyMessage('hello', signature), id('Transfer(address,address,uint256)'), formatEther(10n ** 17n), parseUnits('1.5', 6));
console.log(new Interface(['function transfer(address to, uint256 amount)']).encodeFunctionData('transfer', [wallet.address, 5]), AbiCoder.defaultAbiCoder().encode(['string', 'uint8[]'], ['x', [1, 2]]));
try { getAddress('0x8ba1f109551bD432803012645Ac136ddd64DBA73'); } catch (error) { console.log(error.code); }
console.log(await wallet.signTransaction({ to: wallet.address, value: 1n, gasLimit: 21000n, maxFeePerGas: 2n, maxPriorityFeePerGas: 1n, nonce: 0, chainId: 1n, type: 2 }), typeof HDNodeWallet, Mnemonic.isValidMnemonic('abandon '.repeat(11) + 'about'));
